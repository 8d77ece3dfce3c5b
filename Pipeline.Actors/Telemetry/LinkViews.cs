using Pipeline.Actors.Links;
using Pipeline.Nic.Accounts;

namespace Pipeline.Actors.Telemetry;

/// <summary>The link over which packets go to another node.</summary>
/// <param name="Node">That node's name.</param>
/// <param name="State">How it is.</param>
public sealed record LinkOutView(string Node, PeerState State)
{
    /// <summary>The instances that packets go to, such as <c>flows n2/0</c>.</summary>
    public IReadOnlyList<string> Instances { get; init; } = [];

    /// <summary>Packets and carried bytes that went over the present connection.</summary>
    public PacketTally Sent { get; init; }

    /// <summary>Packets and carried bytes that went over it per second; 0 for a second in which a connection began.</summary>
    public Rate Rate { get; init; }

    /// <summary>Packets that the other node has not disposed, those that wait for a connection included.</summary>
    public long PacketsInFlight { get; init; }

    /// <summary>Bytes of credit in use.</summary>
    public long BytesInFlight { get; init; }

    /// <summary>Bytes of credit in all.</summary>
    public long Window { get; init; }

    /// <summary>How often a bundle had to wait for credit.</summary>
    public long CreditWaits { get; init; }

    /// <summary>Packets that were sent once more, because the node had not processed them when a connection before this one ended.</summary>
    public long Resent { get; init; }
}

/// <summary>The link over which packets of another node come.</summary>
/// <param name="Node">That node's name.</param>
/// <param name="IsUp">Whether it is there, and not the last one.</param>
public sealed record LinkInView(string Node, bool IsUp)
{
    /// <summary>Packets and carried bytes that came.</summary>
    public PacketTally Received { get; init; }

    /// <summary>Times it could take nothing, because consumers held all of its memory.</summary>
    public long SlabWaits { get; init; }

    /// <summary>Memory that consumers hold now, of all, in slabs.</summary>
    public (int Out, int All) Slabs { get; init; }
}
