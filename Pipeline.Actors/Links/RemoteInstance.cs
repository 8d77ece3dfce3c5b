using System.Diagnostics;
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
[DebuggerDisplay("{Group} {Id}: open {IsOpen}, gone {IsGone}, {_waiting.Count} bundles wait")]
internal sealed class RemoteInstance(InstanceId id, string group, int lane, int bytesToAPacket, int weight, PacketAccount account, PacketAccount copies)
    : IBundleTarget
{
    private readonly Lock _gate = new();
    private readonly List<PageBundle> _waiting = [];
    private volatile LinkLane? _lane;
    private volatile LinkLane? _copyLane;
    private volatile bool _isGone;
    private long _waitingPackets;

    public InstanceId Id => id;

    public int Weight => weight;

    /// <summary>The group's name.</summary>
    public string Group => group;

    /// <summary>Whether the other node took it back in an orderly way. Only for the root.</summary>
    public bool IsWithdrawn { get; set; }

    /// <summary>Whether there was a link to it. Only for the root.</summary>
    public bool IsOpen { get; set; }

    /// <summary>Whether its node is gone for good, or does not answer and others can do its work.</summary>
    public bool IsGone { get => _isGone; set => _isGone = value; }

    /// <summary>Packets that wait here for a link. Any thread.</summary>
    public long WaitingPackets => Volatile.Read(ref _waitingPackets);

    /// <summary>Packets that were sent once more over a new link to the same node, because it had not processed them. Any thread.</summary>
    public long Resent { get; private set; }

    public void Send(PageBundle bundle)
    {
        if ((IsCopy(bundle) ? _copyLane : _lane) is { } open && open.TrySend(bundle)) return;
        lock (_gate)
        {
            // The link may have come back meanwhile; then everything that waited has gone ahead.
            if ((IsCopy(bundle) ? _copyLane : _lane) is { } later && later.TrySend(bundle)) return;
            Keep(bundle);
        }
    }

    /// <summary>Goes on over a link, with what waited. Only for the link's actor.</summary>
    /// <param name="sender">The link.</param>
    /// <param name="handedBack">What the link before it handed back of this instance, in order. The instance owns it now.</param>
    public void Resume(LinkSender sender, IReadOnlyList<PageBundle> handedBack)
    {
        var (open, copyLane) = (sender.OpenLane(lane, account, bytesToAPacket), sender.OpenLane(lane + 1, copies, bytesToAPacket));
        lock (_gate)
        {
            Resent += handedBack.Sum(b => (long)b.Count);
            _waiting.InsertRange(0, handedBack);
            var left = _waiting.Where(b => !(IsCopy(b) ? copyLane : open).TrySend(b)).ToList();
            _waiting.Clear();
            Volatile.Write(ref _waitingPackets, 0);
            foreach (var bundle in left) Keep(bundle);
            (_lane, _copyLane) = (open, copyLane);
        }
    }

    /// <summary>Keeps what an ended link handed back of this instance, in front of what waits. Only for the link's actor.</summary>
    public void Keep(IReadOnlyList<PageBundle> handedBack)
    {
        lock (_gate)
        {
            (_lane, _copyLane) = (null, null);
            _waiting.InsertRange(0, handedBack);
            Volatile.Write(ref _waitingPackets, _waiting.Sum(b => (long)b.Count));
        }
    }

    /// <summary>Whether a link's lane is this instance's, for its packets or its copies.</summary>
    public bool Owns(int laneOfLink) => laneOfLink == lane || laneOfLink == lane + 1;

    public void TakeBack(ReadOnlySpan<PageShare> shares, List<PageBundle> to)
    {
        lock (_gate)
        {
            for (var i = 0; i < _waiting.Count;)
            {
                if (!Contains(shares, _waiting[i].Share))
                {
                    i++;
                    continue;
                }

                to.Add(_waiting[i]);
                _waiting.RemoveAt(i);
            }

            Volatile.Write(ref _waitingPackets, _waiting.Sum(b => (long)b.Count));
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
            Volatile.Write(ref _waitingPackets, 0);
        }
    }

    private bool IsCopy(PageBundle bundle) => ReferenceEquals(bundle.Account, copies);

    private void Keep(PageBundle bundle)
    {
        _waiting.Add(bundle);
        Volatile.Write(ref _waitingPackets, _waitingPackets + bundle.Count);
    }

    private static bool Contains(ReadOnlySpan<PageShare> shares, PageShare share)
    {
        foreach (var one in shares) if (ReferenceEquals(one, share)) return true;
        return false;
    }
}
