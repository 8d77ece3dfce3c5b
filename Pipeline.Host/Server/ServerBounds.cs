using Pipeline.Nic.Linux;

namespace Pipeline.Host.Server;

/// <summary>
/// Limits on what clients may cost a run. A client beyond a limit replaces the one that has kept the server waiting longest.
/// </summary>
internal sealed record ServerBounds
{
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

    /// <summary>The longest time from the first byte of a request's head to its last.</summary>
    public TimeSpan HeadPatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The longest time between two requests on one connection. It exceeds the minute that is the interval of many scrapers.
    /// </summary>
    public TimeSpan IdlePatience { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>
    /// The bytes a second at which a client must read an answer, on average over what is sent to it at the time. A client that reads
    /// nothing is cut off when what the server buffers for it could have been read at this rate.
    /// </summary>
    public double SlowestReading { get; init; } = 4096;

    /// <summary>The time for which a client may read nothing at all. Kestrel accepts no less than a second.</summary>
    public TimeSpan ReadingPatience { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The longest time for a whole body.</summary>
    public TimeSpan BodyPatience { get; init; } = TimeSpan.FromSeconds(60);
}
