using Pipeline.TestSupport;

namespace Pipeline.Nic.Tests.Consumers;

/// <summary>What captures are made of that say more than their packets, and the way to copies of them.</summary>
internal static class CommentedCapture
{
    /// <summary>Of a packet, in microseconds.</summary>
    public const ulong Time = 1_700_000_000_000_000;

    /// <summary>The bytes of a packet. Not a multiple of four, so that padding follows.</summary>
    public static readonly byte[] Data = [.. Enumerable.Range(0, 61).Select(i => (byte)i)];

    /// <summary>The end of a list of options.</summary>
    public static readonly byte[] End = new byte[4];

    public static CopiedCapture Copy(CaptureBytes capture) => new CopiedCapture(capture.ToArray()).Write();
}
