namespace Pipeline.Nic.Rules.Ebpf;

/// <summary>An XDP program that the kernel rejects.</summary>
/// <param name="message">What was wrong and what to do, without a full stop.</param>
/// <param name="isPrivilegeMissing">Whether the process lacks permission, and the program is not at fault.</param>
public sealed class XdpException(string message, bool isPrivilegeMissing = false, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>
    /// Whether the process lacks permission, so that the same program might load elsewhere; false where the program or the driver is at
    /// fault.
    /// </summary>
    public bool IsPrivilegeMissing { get; } = isPrivilegeMissing;
}
