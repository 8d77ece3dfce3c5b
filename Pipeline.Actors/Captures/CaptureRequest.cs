using Pipeline.Nic.Consumers.Captures.Running;

namespace Pipeline.Actors.Captures;

/// <summary>What is to be captured of a running pipeline, and how much. It ends at the first limit that it reaches.</summary>
public sealed record CaptureRequest
{
    /// <summary>The most packets that can be asked for.</summary>
    public const int MostPackets = 10_000_000;

    /// <summary>The most bytes of one file, and what it is without a smaller need: 64 MiB.</summary>
    public const long MostBytes = 64L << 20;

    /// <summary>The largest snap length that can be asked for.</summary>
    public const int LargestSnapLength = 262_144;

    /// <summary>The longest time that can be asked for.</summary>
    public static readonly TimeSpan LongestTime = TimeSpan.FromHours(1);

    /// <summary>Bytes of a packet's block beside the packet's own, at most.</summary>
    private const int MostOverhead = 1024;

    /// <summary>The most bytes of a tap that wait for its reader: 2 MiB.</summary>
    private const long TapBytes = 2L << 20;

    /// <summary>A pcap-filter expression; empty for every packet.</summary>
    public string Filter { get; init; } = "";

    /// <summary>
    /// Whether it goes to one reader and forgets what that has read. It ends with its reader, with the run, or with <see cref="Packets"/>.
    /// </summary>
    public bool IsTap { get; init; }

    /// <summary>The most packets, 1 to <see cref="MostPackets"/>; of a tap any number, and 0 for no end.</summary>
    public long Packets { get; init; } = 10_000;

    /// <summary>The longest time, above 0 and at most <see cref="LongestTime"/>. A tap has none.</summary>
    public TimeSpan Time { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The most bytes of each packet, up to <see cref="LargestSnapLength"/>; 0 for all that a file takes.</summary>
    public int SnapLength { get; init; }

    /// <summary>Where packets are captured.</summary>
    public CapturePoint At { get; init; } = CapturePoint.Received;

    /// <summary>Who asks, for the list and the events.</summary>
    public string Who { get; init; } = "";

    /// <summary>
    /// Connections that are left out where they come over the wire that is captured, because they carry the captured packets away.
    /// </summary>
    public IReadOnlyList<CaptureConnection> Except { get; init; } = [];

    /// <summary>The bytes that each packet is cut to.</summary>
    internal int CutAt => SnapLength is 0 or > RunningCapture.MostSnapLength ? RunningCapture.MostSnapLength : SnapLength;

    /// <summary>
    /// The most bytes of the file: what the packets can need, and no more than <see cref="MostBytes"/>. Of a tap, those that wait.
    /// </summary>
    internal long Bytes => IsTap ? TapBytes : Math.Min(MostBytes, Packets * (CutAt + MostOverhead) + MostOverhead);

    /// <returns>Why it makes no sense; null where it does.</returns>
    internal string? WhyNot() =>
        IsTap && Packets < 0 ? $"packets: {Packets}: expected 1 or more, or 0 for no end"
        : !IsTap && Packets is < 1 or > MostPackets ? $"packets: {Packets}: expected 1 to {MostPackets}"
        : !IsTap && (Time <= TimeSpan.Zero || Time > LongestTime) ? $"seconds: {Time.TotalSeconds}: expected a number above 0 and at most {LongestTime.TotalSeconds}"
        : SnapLength is < 0 or > LargestSnapLength ? $"snaplen: {SnapLength}: expected 1 to {LargestSnapLength}, or 0 for all of a packet"
        : null;
}
