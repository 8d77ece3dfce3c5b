using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pcapng;
using Pipeline.Nic.Rules;

namespace Pipeline.Nic.Consumers.Captures;

/// <summary>Where packets are written and how.</summary>
public sealed record CaptureOptions
{
    /// <summary>
    /// The file, or <c>-</c> for standard output. A name that ends in <c>.pcap</c>, <c>.cap</c> or <c>.dmp</c> makes a pcap file with
    /// nanosecond timestamps; any other name, and standard output, gets pcapng. If <c>.gz</c> or <c>.zst</c> follows, the file is
    /// compressed with gzip or zstd. Names that <see cref="CompressedOutput.RefuseCapture"/> refuses are not written.
    /// </summary>
    public required string Path { get; init; }

    /// <summary>The most bytes written of a packet; 0 for all.</summary>
    public int SnapLength { get; init; }

    /// <summary>Only packets that match are written. The others still count as delivered. Null writes all.</summary>
    public PacketFilter? Filter { get; init; }

    /// <summary>When to continue in a new file; null for never.</summary>
    public CaptureRotation? Rotation { get; init; }

    /// <summary>
    /// Whether the packets of every batch are handed to the kernel at once, so that a reader of the file sees them without delay. Not for
    /// captures that are one of many.
    /// </summary>
    public bool IsFlushedAtOnce { get; init; }

    /// <summary>The files that the capture must not destroy; null where none are known.</summary>
    public FilesInUse? Files { get; init; }

    /// <summary>
    /// Returns the source's interfaces. It is called when a file ends without packets: the first interface that can be in the file is
    /// described there, so that tools can open it. It can be left out: the consumer knows the interfaces of the packets it has seen.
    /// </summary>
    public Func<IReadOnlyList<NicInterface>>? KnownInterfaces { get; init; }

    /// <summary>The source's metadata. Every pcapng file carries it.</summary>
    public CaptureMetadata Metadata { get; init; } = CaptureMetadata.None;

    /// <summary>
    /// Whether it is one of many files. Most of those might get no packet, so such a file has no secrets and names either.
    /// </summary>
    public bool IsOneOfMany { get; init; }
}
