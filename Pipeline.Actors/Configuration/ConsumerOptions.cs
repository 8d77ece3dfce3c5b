using Pipeline.Nic.Consumers;
using Pipeline.Nic.Consumers.Flows;
using Pipeline.Nic.Consumers.Printing;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration;

/// <summary>A consumer group: the kind of consumer, and the number of its instances.</summary>
public sealed record ConsumerOptions
{
    /// <summary>The consumer group that is always there: the normal stack.</summary>
    internal const string Stack = "stack";

    /// <summary>The most instances of a group.</summary>
    internal const int MostInstances = 64;

    /// <summary>The name that routes use: 1 to 64 of <c>A-Z a-z 0-9 _ . -</c>, no leading dot.</summary>
    public required string Name { get; init; }

    /// <summary>The kind of consumer, which also decides the account that its packets end in.</summary>
    public required ConsumerKind Kind { get; init; }

    /// <summary>The greatest weight of an instance.</summary>
    internal const int MostWeight = 16;

    /// <summary>
    /// The number of instances that share the packets: of this pipeline, and where <see cref="On"/> names nodes, of each of them. Each is
    /// called by one thread at a time.
    /// </summary>
    public int Instances { get; init; } = 1;

    /// <summary>
    /// The nodes of the cluster that run its instances, for the packets of all nodes. Empty: each node runs its own, for its own packets.
    /// </summary>
    public IReadOnlyList<NodeChoice> On { get; init; } = [];

    /// <summary>This node's instances get so many times the flows that an instance of weight 1 gets: 1 to 16.</summary>
    public int Weight { get; init; } = 1;

    /// <summary>Whether packets that came in on this node go to this node's instances alone, while it has any.</summary>
    public bool PrefersLocal { get; init; }

    /// <summary>
    /// How many bytes of a packet it needs, from the first on, so that no more travel to another node; the descriptor has the packet's
    /// length. Flows need headers: 512 bytes have room for several tags and extension headers.
    /// </summary>
    internal int BytesOfPacket => (Kind, Handler) switch
    {
        (ConsumerKind.Bypass, "discard") => 0,
        (ConsumerKind.Bypass, "flows") => 512,
        (ConsumerKind.AfPacket, _) when SnapLength > 0 && Filter is null && SplitFolder is null => SnapLength,
        _ => int.MaxValue,
    };

    /// <summary>Whether a node runs instances of it, whether or not a route leads there: others' packets come too.</summary>
    public bool IsFor(ClusterOptions? node) => node is not null && node.Is(ClusterRole.Consumer) && On.Any(choice => choice.Means(node));

    /// <summary>
    /// For <see cref="ConsumerKind.Bypass"/>: a built-in handler's name, or the full name of a type in <see cref="HandlerAssembly"/>.
    /// </summary>
    public string? Handler { get; init; }

    /// <summary>The assembly that the handler is loaded from; null for one that is built in.</summary>
    public string? HandlerAssembly { get; init; }

    /// <summary>The handler's own options.</summary>
    public HandlerOptions Options { get; init; } = HandlerOptions.None;

    /// <summary>For the handler <c>flows</c>.</summary>
    public FlowOptions? Flows { get; init; }

    /// <summary>
    /// For the handler <c>forward</c>: where packets are sent. For <see cref="ConsumerKind.Stack"/>: the TAP by which they are given back
    /// to the normal stack; null where the kernel has them, or nobody needs them.
    /// </summary>
    public TransmitTarget? To { get; init; }

    /// <summary>
    /// For <see cref="ConsumerKind.AfPacket"/> the capture file to write, for the handler <c>flows</c> the CSV file; <c>-</c> for standard
    /// output.
    /// </summary>
    public string? Write { get; init; }

    /// <summary>
    /// For <see cref="ConsumerKind.AfPacket"/>: a folder that gets one capture file per rule, and one for packets no rule matched.
    /// </summary>
    public string? SplitFolder { get; init; }

    /// <summary>For <see cref="ConsumerKind.AfPacket"/>: a pcap-filter expression; only packets that match are written.</summary>
    public string? Filter { get; init; }

    /// <summary>
    /// For <see cref="ConsumerKind.AfPacket"/>: prints packets to standard output as lines instead of writing them. The route of each is
    /// added to what is given here.
    /// </summary>
    public PrintOptions? Print { get; init; }

    /// <summary>The most bytes written of a packet; 0 for all.</summary>
    public int SnapLength { get; init; }

    /// <summary>When a capture continues in a new file; null for never.</summary>
    public RotateOptions? Rotate { get; init; }

    /// <summary>For a capture: whether packets are written as they come, and not when a buffer is full.</summary>
    public bool IsFlushedAtOnce { get; init; }

    /// <summary>When it has seen enough of every flow, which is then released; null for never.</summary>
    public ReleaseAfterOptions? ReleaseAfter { get; init; }

    /// <summary>Whether a failure of this output makes the run pointless, so that it drains.</summary>
    public bool EndsRunOnFailure { get; init; }

    /// <summary>The problems of these options; empty when there are none.</summary>
    internal IEnumerable<OptionProblem> Check()
    {
        foreach (var problem in OptionProblem.Unless(Instances, 1, MostInstances, "instances", "instances")) yield return problem;
        foreach (var problem in OptionProblem.Unless(Weight, 1, MostWeight, "weight", "times the flows")) yield return problem;
        if (Kind == ConsumerKind.Stack && On.Count > 0)
            yield return new("on", "packets of one machine are nothing for the normal stack of another; expected no `on` where `kind = stack`");
        if (ReleaseAfter is { } release)
        {
            if (Kind == ConsumerKind.Stack) yield return new("release-after", "the normal stack releases no flows; expected another kind");
            if (On.Count > 0) yield return new("release-after", "a consumer on other nodes cannot release flows; expected no `on`");
            foreach (var problem in release.Check()) yield return problem;
        }

        if (Kind == ConsumerKind.AfPacket && Instances > 1)
            yield return new("instances", $"{Instances} instances would write the same file; expected 1");
        if (Kind == ConsumerKind.Bypass && Write == "-" && Instances > 1)
        {
            yield return new(
                "instances", $"{Instances} instances would write to standard output at once; expected 1, or `write` with a file name");
        }
    }

    /// <summary>The files it writes: <see cref="Write"/>, or with several instances one file for each.</summary>
    public IEnumerable<string> OutputFiles() =>
        Write is null ? [] : Enumerable.Range(0, Instances).Select(i => FlowsConsumer.FileOf(Write, i, Instances));
}

/// <summary>What a consumer is.</summary>
public enum ConsumerKind
{
    /// <summary>A handler in C#.</summary>
    Bypass,

    /// <summary>What a RAW socket would see: capture files.</summary>
    AfPacket,

    /// <summary>The normal stack.</summary>
    Stack,
}

/// <summary>When a capture continues in a new file, in dumpcap's terms. The limit that is reached first decides.</summary>
public sealed record RotateOptions
{
    /// <summary>The most bytes in a file; null for no limit.</summary>
    public long? FileBytes { get; init; }

    /// <summary>The number of files kept; older ones are deleted. Null keeps all.</summary>
    public int? Files { get; init; }

    /// <summary>The time that a file covers, by the packets' own clock; null for no limit.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>The most packets in a file; null for no limit.</summary>
    public long? Packets { get; init; }

    /// <summary>After this many files the output is complete, and ends the run if its failure would. Null for no end.</summary>
    public int? LastFile { get; init; }

    internal const long MostPackets = 1L << 50;

    internal const long SmallestFile = 1024;

    internal const long LargestFile = 1L << 50;

    internal const int MostFiles = 1_000_000;

    internal static readonly TimeSpan ShortestDuration = TimeSpan.FromMilliseconds(1);

    internal static readonly TimeSpan LongestDuration = TimeSpan.FromDays(3650);

    /// <summary>The problems of these options; empty when there are none.</summary>
    internal IEnumerable<OptionProblem> Check()
    {
        foreach (var problem in OptionProblem.Unless(FileBytes ?? SmallestFile, SmallestFile, LargestFile, "filesize", "bytes to a file"))
            yield return problem;
        foreach (var problem in OptionProblem.Unless(Files ?? 1, 1, MostFiles, "files", "files")) yield return problem;
        if (Duration is { } time && (time < ShortestDuration || time > LongestDuration))
            yield return new("duration", $"{time.TotalSeconds} s to a file; expected 1 ms to 3650 d");
        foreach (var problem in OptionProblem.Unless(Packets ?? 1, 1, MostPackets, "packets", "packets to a file")) yield return problem;
        foreach (var problem in OptionProblem.Unless(LastFile ?? 1, 1, MostFiles, "files", "files")) yield return problem;
        if (Files is not null && FileBytes is null && Duration is null && Packets is null)
            yield return new("files", "`files` alone never begins a second file; expected `filesize`, `duration` or `packets` beside it");
    }
}
