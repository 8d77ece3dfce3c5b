using System.Net;
using Pipeline.Nic.Devices;

namespace Pipeline.Actors.Configuration;

/// <summary>The server that shows a running pipeline and takes changes to it.</summary>
public sealed record DashboardOptions
{
    /// <summary>Where it listens when nobody says anything else, and the source is a live one.</summary>
    public static readonly IPEndPoint Usual = new(IPAddress.Loopback, 8480);

    /// <summary>What nobody can listen on stands for no server.</summary>
    public static readonly IPEndPoint Off = new(IPAddress.None, 0);

    /// <summary>Where it listens, or <see cref="Off"/>; null for what the source calls for. Port 0 picks a free one.</summary>
    public IPEndPoint? Address { get; init; }

    /// <summary>What readers have to show; null where none is asked of them.</summary>
    public string? ReadToken { get; init; }

    /// <summary>What those who change things have to show; it reads too.</summary>
    public string? ChangeToken { get; init; }

    /// <summary>Where the server listens for a run of such a source: as it was asked for, or by default.</summary>
    /// <param name="source">A file or a simulator is mostly over before anyone looks; a live source is watched unless nobody wants it.</param>
    /// <returns>Where to listen; null for no server.</returns>
    public IPEndPoint? For(SourceTraits source)
    {
        var address = Address ?? (source.IsLive ? Usual : Off);
        return address.Equals(Off) ? null : address;
    }
}
