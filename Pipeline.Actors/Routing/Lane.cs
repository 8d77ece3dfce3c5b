using System.Diagnostics;
using System.Numerics;
using Pipeline.Actors.Captures;
using Pipeline.Actors.Configuration;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Routing;

/// <summary>
/// One route's way out of one router: its share of the queue's pool, and the bundle being filled for each instance of its group.
/// For the router's thread alone.
/// </summary>
[DebuggerDisplay("{Route.To}: {Overload}, {Share.Charged} of {Share.LimitPages} pages")]
internal sealed partial class Lane : IDisposable
{
    /// <summary>
    /// The most packets that a route may hold as its own copies, which keeps it from pinning pages of many packets for a few of them.
    /// </summary>
    private const int MostSpillPages = 256;

    /// <summary>The most bytes that a route copies for one packet, including the block around it when that is copied too.</summary>
    public const int SpillPageBytes = 2048;

    /// <summary>
    /// The most packets of a page that a route copies. A route that takes more gets the page itself, because copying them would cost more
    /// than it saves.
    /// </summary>
    public const int MostSpilled = 8;

    private readonly BundlePool _bundles;
    private readonly Fanout _fanout;
    private readonly PacketPagePool? _spill;
    private long _sequence;
    private int _openCount;

    /// <param name="bundleLimit">The most bundles that it may have out, so that all lanes together stay within a mailbox.</param>
    public Lane(
        RouteOptions route, Overload overload, ConsumerGroup group, PagePool pool, BundlePool bundles, QueuePlace queue, int bundleLimit,
        RouteRelief? relief = null)
    {
        Route = route;
        _relief = relief;
        _hasRoomAgain = HasRoomAgain;
        Overload = overload;
        _bundles = bundles;
        Group = group.Name;
        Account = route.Copy ? group.Copies : group.Account;
        ReleaseBit = EndsOnRelease(route, group);

        // A bundle of copied packets holds at least one page of the lane's own, so these pages limit such bundles; the share limits the
        // others.
        var spillPages = pool.HasOnePacketToAPage ? 0 : Math.Min(MostSpillPages, bundleLimit / 2);
        if (spillPages > 0) _spill = new PacketPagePool($"{pool.Name}>{group.Name}", SpillPageBytes, spillPages);
        Share = new PageShare(pool, $"route to {group.Name}", (int)Math.Round(pool.PageCount * route.Share), bundleLimit - spillPages);
        _fanout = new Fanout(route.Balance, queue, group.Instances, WindowOf(Share, bundles.BundlePackets));
    }

    /// <summary>The group it leads to.</summary>
    public string Group { get; }

    /// <summary>Called, on any thread, when <see cref="SendHeld"/> or <see cref="IsHome"/> should be checked again.</summary>
    public Action Wake { get; set; } = () => { };

    /// <summary>The captures that want to see what it drops: its router's.</summary>
    public CapturePorts Captures { private get; set; } = new();

    public RouteOptions Route { get; }

    /// <summary>The route's policy, or its source's default.</summary>
    public Overload Overload { get; }

    public PacketAccount Account { get; }

    /// <summary>The bit of its group among those that have released a flow; 0 where a release does not end this route.</summary>
    public ulong ReleaseBit { get; }

    public PageShare Share { get; }

    /// <summary>The pool of the packets it copied; null where pages hold one packet anyway.</summary>
    public PagePool? SpillPool => _spill;

    /// <summary>Counts the packets that it took, and those that it refused.</summary>
    public LaneCounters Counters { get; } = new();

    /// <summary>The number of packets that it copied in order to release their page.</summary>
    public long Spilled { get; private set; }

    /// <summary>
    /// Whether a page's packets should be copied so that the page is not pinned. They can be if none is longer than
    /// <see cref="SpillPageBytes"/>.
    /// </summary>
    public bool MaySpill(int page, int packets) =>
        _spill is not null && packets <= MostSpilled
        && !Share.Pins(page) && Share.IsNearLimit
        && _spill.PageCount - _spill.Outstanding >= packets;

    /// <summary>Whether all packets of a bundle go to one instance, so that the bundle itself can go there.</summary>
    public bool TakesWhole(PageBundle source) =>
        (_fanout.Sole is not null || Route.Balance != Balance.Flow) && source.Count * 2 >= source.Capacity;

    /// <summary>Sends a whole bundle on unchanged, and counts it. Its pages have been taken for <see cref="Share"/>.</summary>
    public void SendWhole(PageBundle source)
    {
        var outbox = _fanout.Sole ?? _fanout.OfBundle();
        SendOpen(outbox);
        Counters.Take(source.Count, source.Bytes);
        source.MoveTo(Share, Account);
        source.IsOfReleased = Route.IsForReleased;
        Send(outbox, source);
    }

    /// <summary>Adds the packets whose bit is set and counts them. Their pages have been taken for <see cref="Share"/>.</summary>
    public void Append(PageBundle source, ReadOnlySpan<Packet> packets, ulong chosen)
    {
        var (count, bytes) = (BitOperations.PopCount(chosen), 0L);
        if (_fanout.Sole is { } sole)
        {
            while (chosen != 0)
            {
                var bundle = OpenFor(sole, source, Share);
                bytes -= bundle.Bytes;
                chosen = bundle.Append(packets, chosen);
                bytes += bundle.Bytes;
                if (bundle.IsFull) SendOpen(sole);
            }
        }

        for (; chosen != 0; chosen &= chosen - 1)
        {
            ref readonly var packet = ref packets[BitOperations.TrailingZeroCount(chosen)];
            Append(source, packet);
            bytes += packet.CapturedLength;
        }

        Counters.Take(count, bytes);
    }

    /// <summary>
    /// Adds copies of the packets whose bit is set, in pages of this lane's own, and counts them. Only after <see cref="MaySpill"/>
    /// returned true for them.
    /// </summary>
    public void AppendSpilled(PageBundle source, ReadOnlySpan<Packet> packets, ulong chosen)
    {
        for (; chosen != 0; chosen &= chosen - 1) Spill(source, packets[BitOperations.TrailingZeroCount(chosen)]);
    }

    /// <summary>Counts packets as dropped because the share was exceeded.</summary>
    public void Refuse(NicInterface nicInterface, int packets, long bytes)
    {
        Counters.Refuse(packets, bytes);
        Account.DroppedFrom(nicInterface, DropReason.ShareExceeded, packets, bytes);
    }

    /// <summary>Sends every bundle that holds something.</summary>
    public void Flush()
    {
        if (_openCount == 0) return;
        foreach (var outbox in _fanout.Outboxes) SendOpen(outbox);
    }

    /// <summary>Sends the bundles that were started before <paramref name="timestamp"/>.</summary>
    public void FlushStartedBefore(long timestamp)
    {
        if (_openCount == 0) return;
        foreach (var outbox in _fanout.Outboxes)
        {
            if (outbox.Open?.StartedAt < timestamp) SendOpen(outbox);
        }
    }

    /// <summary>Sends bundles that were held back, as far as there is room now.</summary>
    public void SendHeld()
    {
        foreach (var outbox in _fanout.Outboxes) outbox.SendHeld(Wake);
    }

    /// <summary>
    /// Sends all bundles that were held back so that newer packets could evict them, because no newer ones will come. Parked packets stay.
    /// </summary>
    public void SendAllHeld()
    {
        foreach (var outbox in _fanout.Outboxes) outbox.SendAllHeld();
    }

    public void Dispose()
    {
        HasRoomAgain();
        _spill?.Dispose();
    }

    private static ulong EndsOnRelease(RouteOptions route, ConsumerGroup group)
    {
        if (group.Releaser is not { } releaser || !(route.Copy || route.ReleasesToStack)) return 0;
        releaser.IsOfUse = true;
        return releaser.Bit;
    }

    private void Spill(PageBundle source, in Packet packet)
    {
        if (!_spill!.TryRent(out var page)) throw new InvalidOperationException("A page that was free a moment ago is gone.");
        // If a block goes with the packet, the packet keeps its distance from the start of the block in the copy.
        PacketExtent.Of(source, packet).CopyTo(_spill.PageMemory(page));
        var outbox = OutboxFor(source, packet, out var hash);
        var copy = packet;
        copy.Offset = _spill.OffsetOf(page) + (uint)PacketExtent.PlaceIn(packet);
        copy.Flags &= ~PacketFlags.SharedPage;
        if (hash != 0) copy.FlowHash = hash;
        _spill.Device.Take(page, 1);
        var bundle = OpenFor(outbox, source, _spill.Device);
        bundle.Append(copy);
        Spilled++;
        Counters.Take(1, copy.CapturedLength);
        if (bundle.IsFull) SendOpen(outbox);
    }

    private void Append(PageBundle source, in Packet packet)
    {
        var outbox = OutboxFor(source, packet, out var hash);
        var bundle = OpenFor(outbox, source, Share);
        bundle.Append(packet);
        if (hash != 0) bundle.Packets[^1].FlowHash = hash;
        if (bundle.IsFull) SendOpen(outbox);
    }

    /// <summary>
    /// The number of bundles that fill half of a share if a page holds one packet. If a page holds many packets, the number of bundles that
    /// fill half of its pages with packets of 2 KiB, which is a lot for one packet.
    /// </summary>
    private static int WindowOf(PageShare share, int bundlePackets)
    {
        var pages = share.LimitPages / 2;
        var bundles = share.Pool.HasOnePacketToAPage
            ? pages / bundlePackets
            : pages * Math.Max(1L, share.Pool.PageSize / (bundlePackets * 2048L));
        return (int)Math.Clamp(bundles, 1, Math.Max(1, share.LimitBundles / 2));
    }

    private Outbox OutboxFor(PageBundle source, in Packet packet, out uint hash)
    {
        hash = packet.FlowHash;
        if (_fanout.Sole is { } sole) return sole;
        if (Route.Balance != Balance.Flow) return _fanout.OfBundle();
        if (hash == 0) hash = FlowHash.Of(source.Interface.LinkType, source.BytesOf(packet));
        return _fanout.OfFlow(hash);
    }

    /// <summary>
    /// The bundle to append to. An open bundle that does not fit the packet (other interface, generation or pool) is sent first.
    /// </summary>
    private PageBundle OpenFor(Outbox outbox, PageBundle source, PageShare share)
    {
        if (outbox.Open is { } open)
        {
            if (ReferenceEquals(open.Share, share)
                && ReferenceEquals(open.Interface, source.Interface)
                && open.Generation == source.Generation)
                return open;
            SendOpen(outbox);
        }

        var bundle = _bundles.Rent(share, Account, source.Interface);
        bundle.MarkedBy = source.MarkedBy;
        bundle.StartedAt = source.StartedAt;
        bundle.IsOfReleased = Route.IsForReleased;
        outbox.Open = bundle;
        _openCount++;
        return bundle;
    }

    private void SendOpen(Outbox outbox)
    {
        if (outbox.Open is not { } bundle) return;
        outbox.Open = null;
        _openCount--;
        Send(outbox, bundle);
    }

    private void Send(Outbox outbox, PageBundle bundle)
    {
        // A bundle that is refused has had its turn, too: the next one is another instance's.
        _fanout.NextTurn();
        if (IsBeyondPart(outbox))
        {
            RefuseWhole(bundle);
            return;
        }

        bundle.Sequence = ++_sequence;
        outbox.Send(bundle, Overload == Overload.DropOld && !Share.IsBelowLowWater, Wake);
    }
}
