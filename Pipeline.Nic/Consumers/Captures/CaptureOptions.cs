using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pcapng;
using Pipeline.Nic.Rules;

namespace Pipeline.Nic.Consumers.Captures;

/// <summary>Where packets are written and how.</summary>
public sealed record CaptureOptions
{
    /// <summary>
    /// The file, or <c>-</c> for standard output. A name that ends in <c>.pcap</c>, <c>.cap</c> or <c>.dmp</c> makes a pcap file with
    /// nanosecond timestamps; any other name, and standard output, gets pcapng, but for those that <see cref="CompressedOutput"/> refuses.
    /// </summary>
    public required string Path { get; init; }

    /// <summary>Most bytes of a packet that are written; 0 for all.</summary>
    public int SnapLength { get; init; }

    /// <summary>Only packets that match are written; the others are delivered to it all the same. Null writes all.</summary>
    public PacketFilter? Filter { get; init; }

    /// <summary>When to go on in a new file; null never does.</summary>
    public CaptureRotation? Rotation { get; init; }

    /// <summary>What the capture must not destroy; null where nothing is known of it.</summary>
    public FilesInUse? Files { get; init; }

    /// <summary>
    /// The source's interfaces, asked for when a file ends that no packet came for: the first that can be in it is described there, so that
    /// tools can open it. May be left out: interfaces the consumer has seen packets of are known anyway.
    /// </summary>
    public Func<IReadOnlyList<NicInterface>>? KnownInterfaces { get; init; }

    /// <summary>What the source says besides its packets. Every file of pcapng carries it.</summary>
    public CaptureMetadata Metadata { get; init; } = CaptureMetadata.None;

    /// <summary>One of many files, most of which may get no packet: such a file does without secrets and names too.</summary>
    public bool IsOneOfMany { get; init; }
}
