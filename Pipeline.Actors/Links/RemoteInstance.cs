using System.Diagnostics;
using Pipeline.Actors.Cluster.Wire;
using Pipeline.Actors.Routing;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Links;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Links;

/// <summary>
/// An instance of a consumer group on another node. Routers send to it as to one of this node; a bundle is home when that node has disposed
/// its packets.
/// </summary>
/// <remarks>
/// Any router sends. While the link is up that is one lock-free operation. While it is down, bundles wait here in their order, until the
/// link is back or the instance is gone for good.
/// </remarks>
/// <param name="id">Its id, on every node.</param>
/// <param name="offer">What the other node said of it.</param>
/// <param name="account">The account of packets that go to its group.</param>
/// <param name="copies">That of copies.</param>
[DebuggerDisplay("{Group} {Id}: open {IsOpen}, gone {IsGone}, {_waiting.Count} bundles wait")]
internal sealed class RemoteInstance(InstanceId id, InstanceOffer offer, PacketAccount account, PacketAccount copies) : IBundleTarget
{
    private readonly Lock _gate = new();
    private readonly List<PageBundle> _waiting = [];
    private volatile LinkLane? _lane;
    private volatile LinkLane? _copyLane;
    private volatile bool _isGone;
    private LinkSender? _sender;
    private long _waitingPackets;
    private long _handedBack;
    private long _resent;

    public InstanceId Id => id;

    public int Weight => offer.Weight;

    public bool IsBounded => true;

    /// <summary>The group's name.</summary>
    public string Group => offer.Group;

    /// <summary>Whether the other node took it back in an orderly way. It may offer it again. Only for the root.</summary>
    public bool IsWithdrawn { get; set; }

    /// <summary>Whether there was a link to it. Only for the root.</summary>
    public bool IsOpen { get; set; }

    /// <summary>Whether its node is gone for good, or does not answer and others can do its work.</summary>
    public bool IsGone { get => _isGone; set => _isGone = value; }

    /// <summary>Packets that wait here for a link. Any thread.</summary>
    public long WaitingPackets => Volatile.Read(ref _waitingPackets);

    /// <summary>Packets that were sent once more over a new link to the same node, because it had not processed them. Any thread.</summary>
    public long Resent => Volatile.Read(ref _resent);

    public void Send(PageBundle bundle)
    {
        if ((IsCopy(bundle) ? _copyLane : _lane) is { } open && open.TrySend(bundle)) return;
        lock (_gate)
        {
            // The link may have come back meanwhile; then everything that waited has gone ahead.
            if ((IsCopy(bundle) ? _copyLane : _lane) is { } later && later.TrySend(bundle)) return;
            _waiting.Add(bundle);
            Volatile.Write(ref _waitingPackets, _waitingPackets + bundle.Count);
        }
    }

    /// <summary>Goes on over a link, with what waited. Without effect where it does so already. Only for the link's actor.</summary>
    public void Resume(LinkSender sender)
    {
        if (_sender == sender) return;
        var open = sender.OpenLane(offer.Lane, account, offer.BytesOfPacket);
        var copyLane = sender.OpenLane(offer.Lane + 1, copies, offer.BytesOfPacket);
        lock (_gate)
        {
            Volatile.Write(ref _resent, _resent + _handedBack);
            _handedBack = 0;
            _waiting.RemoveAll(b => (IsCopy(b) ? copyLane : open).TrySend(b));
            CountWaiting();
            (_sender, _lane, _copyLane) = (sender, open, copyLane);
        }
    }

    /// <summary>
    /// Its link has ended. Keeps what that handed back of this instance, in front of what waits. Only for the link's actor.
    /// </summary>
    /// <param name="handedBack">In the order in which it was sent. The instance owns it now.</param>
    public void Suspend(IReadOnlyList<PageBundle> handedBack)
    {
        lock (_gate)
        {
            (_sender, _lane, _copyLane) = (null, null, null);
            _handedBack += handedBack.Sum(b => (long)b.Count);
            _waiting.InsertRange(0, handedBack);
            CountWaiting();
        }
    }

    /// <summary>Whether a link's lane is this instance's, for its packets or its copies.</summary>
    public bool Owns(int laneOfLink) => laneOfLink == offer.Lane || laneOfLink == offer.Lane + 1;

    public void TakeBack(ReadOnlySpan<PageShare> shares, List<PageBundle> to)
    {
        lock (_gate)
        {
            PageShare[] theirs = [.. shares];
            to.AddRange(_waiting.Where(b => theirs.Contains(b.Share)));
            _waiting.RemoveAll(b => theirs.Contains(b.Share));
            CountWaiting();
        }
    }

    /// <summary>Drops what waits, because everything ends. Any thread.</summary>
    public void DropAll(DropReason reason)
    {
        lock (_gate)
        {
            foreach (var bundle in _waiting)
            {
                bundle.SettleDropped(reason);
                bundle.Dispose();
            }

            _waiting.Clear();
            CountWaiting();
        }
    }

    private bool IsCopy(PageBundle bundle) => ReferenceEquals(bundle.Account, copies);

    private void CountWaiting() => Volatile.Write(ref _waitingPackets, _waiting.Sum(b => (long)b.Count));
}
