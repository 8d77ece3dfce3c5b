using Pipeline.Nic.Linux;

namespace Pipeline.Host.Server;

/// <summary>
/// Limits on what clients may cost a run. A client beyond a limit replaces the one that has kept the server waiting longest.
/// </summary>
internal sealed record ServerBounds
{
    public static readonly ServerBounds Usual = new();

    /// <summary>
    /// Connections at a time: a quarter of the descriptors that the process may have open, so that enough remain for captures and rules.
    /// </summary>
    public int MostConnections { get; init; } = (int)Math.Clamp(Resource.MostDescriptors() / 4, 16, 512);

    /// <summary>Connections beyond them that are being closed.</summary>
    public int MostLeaving => Math.Max(8, MostConnections / 8);

    /// <summary>Streams of snapshots at a time. Each costs a snapshot as often as its rate says.</summary>
    public int MostStreams { get; init; } = 32;

    /// <summary>Texts that are received or processed at a time, each of up to <see cref="Schema.Limits.MostBodyBytes"/>.</summary>
    public int MostUploads { get; init; } = 16;

    /// <summary>Reports of consumers that are sent at a time, each of a few megabytes.</summary>
    public int MostReports { get; init; } = 8;

    /// <summary>Captures that are sent at a time: two readers for each.</summary>
    public int MostCaptureReaders { get; init; } = 16;

    /// <summary>
    /// The longest time to wait until a report can be made, and then for the consumer. One that hangs must not keep the others waiting.
    /// </summary>
    public TimeSpan ReportPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest time from the first byte of a request's head to its last.</summary>
    public TimeSpan HeadPatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The longest time between two requests on one connection. It exceeds the minute that is the interval of many scrapers.
    /// </summary>
    public TimeSpan IdlePatience { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>
    /// The longest time in which a client may take a piece of an answer (<see cref="AnswerBody.PieceBytes"/>), which is a kilobyte a
    /// second. Whoever reads less is cut off.
    /// </summary>
    public TimeSpan ReadingPatience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest time for a whole body.</summary>
    public TimeSpan BodyPatience { get; init; } = TimeSpan.FromSeconds(60);
}
