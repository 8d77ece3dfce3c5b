using System.Net;
using Pipeline.Nic.Devices;

namespace Pipeline.Actors.Configuration;

/// <summary>The server that shows a running pipeline and takes changes to it.</summary>
public sealed record DashboardOptions
{
    /// <summary>The address for a live source when none was given.</summary>
    public static readonly IPEndPoint Usual = new(IPAddress.Loopback, 8480);

    /// <summary>Stands for "no server". Nobody can listen on this address.</summary>
    public static readonly IPEndPoint Off = new(IPAddress.None, 0);

    /// <summary>The address it listens on, or <see cref="Off"/>; null for the default of the source. Port 0 picks a free one.</summary>
    public IPEndPoint? Address { get; init; }

    /// <summary>The token that readers must present; null when they need none.</summary>
    public string? ReadToken { get; init; }

    /// <summary>The token that changes require. It also permits reading.</summary>
    public string? ChangeToken { get; init; }

    /// <summary>The address for a run of such a source: the configured one, or the default.</summary>
    /// <param name="source">
    /// By default only a live source gets a server: a file or a simulator has usually ended before anyone looks.
    /// </param>
    /// <returns>The address to listen on; null for no server.</returns>
    public IPEndPoint? For(SourceTraits source)
    {
        var address = Address ?? (source.IsLive ? Usual : Off);
        return address.Equals(Off) ? null : address;
    }
}
