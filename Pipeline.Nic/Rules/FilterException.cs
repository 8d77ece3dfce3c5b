namespace Pipeline.Nic.Rules;

/// <summary>A pcap-filter expression that cannot be used. The message is libpcap's own, or says why libpcap could not be asked.</summary>
/// <param name="message">Without a full stop.</param>
/// <param name="isLibpcapMissing">Whether the expression was never checked, because this machine has no libpcap.</param>
public sealed class FilterException(string message, bool isLibpcapMissing = false) : Exception(message)
{
    /// <summary>Whether the expression was never checked, because this machine has no libpcap. It might then be right.</summary>
    public bool IsLibpcapMissing { get; } = isLibpcapMissing;
}
