namespace Pipeline.Nic.Rules;

/// <summary>A pcap-filter expression that cannot be used: libpcap's own words, or why libpcap could not be asked.</summary>
/// <param name="message">Without a full stop.</param>
/// <param name="isLibpcapMissing">Whether the expression was never looked at, because this machine has no libpcap.</param>
public sealed class FilterException(string message, bool isLibpcapMissing = false) : Exception(message)
{
    /// <summary>Whether the expression was never looked at, because this machine has no libpcap; it may be right then.</summary>
    public bool IsLibpcapMissing { get; } = isLibpcapMissing;
}
