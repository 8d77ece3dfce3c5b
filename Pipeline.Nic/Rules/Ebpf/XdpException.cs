namespace Pipeline.Nic.Rules.Ebpf;

/// <summary>An XDP program that the kernel does not take.</summary>
/// <param name="message">What was wrong and what helps, without a full stop.</param>
/// <param name="isPrivilegeMissing">Whether the process lacks a right rather than the program sense.</param>
public sealed class XdpException(string message, bool isPrivilegeMissing = false, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>
    /// Whether the process lacks a right, so that the same program may load elsewhere; false where the program or the driver is at fault.
    /// </summary>
    public bool IsPrivilegeMissing { get; } = isPrivilegeMissing;
}
