using Pipeline.Nic.Linux;

namespace Pipeline.Host.Server;

/// <summary>What strangers may cost a run that is served. Whoever is beyond a bound takes the place of who has kept one waiting for longest.</summary>
internal sealed record ServerBounds
{
    /// <summary>Connections at a time: a quarter of the files that the process may have open, so that captures and rules find theirs.</summary>
    public int MostConnections { get; init; } = (int)Math.Clamp(Resource.MostDescriptors() / 4, 16, 512);

    /// <summary>Connections beyond them that are being closed.</summary>
    public int MostLeaving => Math.Max(8, MostConnections / 8);

    /// <summary>Streams of snapshots at a time; each costs a snapshot at its pace.</summary>
    public int MostStreams { get; init; } = 32;

    /// <summary>Texts that are held at a time, being received or worked on, each of up to <see cref="Schema.Limits.MostBodyBytes"/>.</summary>
    public int MostUploads { get; init; } = 16;

    /// <summary>From the first byte of a request's head to its last.</summary>
    public TimeSpan HeadPatience { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Between two requests on one connection. Longer than the minute that many scrapers take.</summary>
    public TimeSpan IdlePatience { get; init; } = TimeSpan.FromSeconds(75);

    /// <summary>For the whole of a body.</summary>
    public TimeSpan BodyPatience { get; init; } = TimeSpan.FromSeconds(60);
}
