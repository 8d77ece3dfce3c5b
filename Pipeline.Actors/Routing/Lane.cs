using Pipeline.Actors.Configuration;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Routing;

/// <summary>
/// One route's way out of one router: its share of the queue's pool, and the bundle being filled for each instance of its group.
/// For the router's thread alone.
/// </summary>
internal sealed class Lane : IDisposable
{
    /// <summary>Packets of its own that a route copies rather than pin a page of many packets for them, and bytes to each.</summary>
    private const int MostSpillPages = 256;

    private const int SpillPageBytes = 2048;

    /// <summary>A route that takes more packets of a page than this gets the page; copying them would cost more than it saves.</summary>
    public const int MostSpilled = 8;

    private readonly ConsumerGroup _group;
    private readonly BundlePool _bundles;
    private readonly PageBundle?[] _open;
    private readonly PacketPagePool? _spill;
    private readonly int _queueIndex;
    private long _sequence;
    private int _turn;
    private int _openCount;

    /// <param name="bundleLimit">Bundles it may have out, so that all lanes together stay within a mailbox.</param>
    public Lane(RouteOptions route, Overload overload, ConsumerGroup group, PagePool pool, BundlePool bundles, int queueIndex, int bundleLimit)
    {
        Route = route;
        Overload = overload;
        _group = group;
        _bundles = bundles;
        _queueIndex = queueIndex;
        _open = new PageBundle?[group.Instances.Count];
        Account = route.Copy ? group.Copies : group.Account;

        // A bundle of copied packets holds at least one page of the lane's own, so these pages bound them; the rest is the share's.
        var spillPages = pool is BlockPagePool ? Math.Min(MostSpillPages, bundleLimit / 2) : 0;
        if (spillPages > 0) _spill = new PacketPagePool($"{pool.Name}>{group.Name}", SpillPageBytes, spillPages);
        Share = new PageShare(pool, $"route to {group.Name}", (int)Math.Round(pool.PageCount * route.Share), bundleLimit - spillPages);
    }

    public RouteOptions Route { get; }

    /// <summary>The route's policy, or its source's default.</summary>
    public Overload Overload { get; }

    public PacketAccount Account { get; }

    public PageShare Share { get; }

    /// <summary>The pool of the packets it copied; null where pages hold one packet anyway.</summary>
    public PagePool? SpillPool => _spill;

    /// <summary>What went this way and what did not.</summary>
    public LaneCounters Counters { get; } = new();

    /// <summary>Packets it copied to let go of their page.</summary>
    public long Spilled { get; private set; }

    /// <summary>Whether packets of a page should be copied rather than pin the page, and can be.</summary>
    public bool Spills(int page, int packets, int longestBytes) =>
        _spill is not null && packets <= MostSpilled && longestBytes <= SpillPageBytes
        && !Share.Pins(page) && Share.IsNearLimit
        && _spill.PageCount - _spill.Outstanding >= packets;

    /// <summary>Whether the group has one place for all packets of a bundle, so that the bundle itself can go there.</summary>
    public bool TakesWhole(PageBundle source) =>
        (_open.Length == 1 || Route.Balance != Balance.Flow) && source.Count * 2 >= source.Capacity;

    /// <summary>Sends a whole bundle on as it is. Its pages have been taken for <see cref="Share"/>.</summary>
    public void SendWhole(PageBundle source)
    {
        var instance = Route.Balance == Balance.RoundRobin ? _turn : _queueIndex % _open.Length;
        Send(instance);
        source.MoveTo(Share, Account);
        Send(instance, source);
    }

    /// <summary>Adds packets that follow each other, whose page has been taken for <see cref="Share"/>.</summary>
    public void Append(PageBundle source, ReadOnlySpan<Packet> run)
    {
        if (_open.Length > 1)
        {
            foreach (ref readonly var packet in run) Append(source, packet);
            return;
        }

        while (!run.IsEmpty)
        {
            var bundle = OpenFor(0, source, Share);
            run = run[bundle.Append(run)..];
            if (bundle.IsFull) Send(0);
        }
    }

    /// <summary>Adds a copy of a packet in a page of this lane's own. Only after <see cref="Spills"/> said yes for it.</summary>
    public void AppendSpilled(PageBundle source, in Packet packet)
    {
        if (!_spill!.TryRent(out var page)) throw new InvalidOperationException("A page that was free a moment ago is gone.");
        source.BytesOf(packet).CopyTo(_spill.PageMemory(page));
        var instance = InstanceFor(source, packet, out var hash);
        var copy = packet;
        copy.Offset = _spill.OffsetOf(page);
        copy.Flags &= ~PacketFlags.SharedPage;
        if (hash != 0) copy.FlowHash = hash;
        _spill.Device.Take(page, 1);
        var bundle = OpenFor(instance, source, _spill.Device);
        bundle.Append(copy);
        Spilled++;
        if (bundle.IsFull) Send(instance);
    }

    /// <summary>Sends every bundle that holds something.</summary>
    public void Flush()
    {
        for (var i = 0; _openCount > 0 && i < _open.Length; i++) Send(i);
    }

    /// <summary>Sends the bundles that were started before <paramref name="timestamp"/>.</summary>
    public void FlushStartedBefore(long timestamp)
    {
        for (var i = 0; _openCount > 0 && i < _open.Length; i++)
        {
            if (_open[i]?.StartedAt < timestamp) Send(i);
        }
    }

    /// <summary>Drops what it still holds.</summary>
    public void DropOpen(DropReason reason)
    {
        for (var i = 0; i < _open.Length; i++)
        {
            if (_open[i] is not { } bundle) continue;
            _open[i] = null;
            _openCount--;
            if (reason == DropReason.DropOld) Counters.Evict(bundle.Count, bundle.Bytes);
            bundle.SettleDropped(reason);
            bundle.Dispose();
        }
    }

    public void Dispose() => _spill?.Dispose();

    private void Append(PageBundle source, in Packet packet)
    {
        var instance = InstanceFor(source, packet, out var hash);
        var bundle = OpenFor(instance, source, Share);
        bundle.Append(packet);
        if (hash != 0) bundle.Packets[^1].FlowHash = hash;
        if (bundle.IsFull) Send(instance);
    }

    private int InstanceFor(PageBundle source, in Packet packet, out uint hash)
    {
        hash = packet.FlowHash;
        if (_open.Length == 1) return 0;
        switch (Route.Balance)
        {
            case Balance.RoundRobin:
                return _turn;
            case Balance.Queue:
                return _queueIndex % _open.Length;
            default:
                if (hash == 0) hash = FlowHash.Of(source.Interface.LinkType, source.BytesOf(packet));
                return (int)(((ulong)hash * (uint)_open.Length) >> 32);
        }
    }

    /// <summary>The bundle to append to. One that does not fit the packet (other interface, generation or pool) is sent first.</summary>
    private PageBundle OpenFor(int instance, PageBundle source, PageShare share)
    {
        if (_open[instance] is { } open)
        {
            if (ReferenceEquals(open.Share, share) && ReferenceEquals(open.Interface, source.Interface) && open.Generation == source.Generation) return open;
            Send(instance);
        }

        var bundle = _bundles.Rent(share, Account, source.Interface);
        bundle.Generation = source.Generation;
        bundle.Rules = source.Rules;
        bundle.StartedAt = source.StartedAt;
        _open[instance] = bundle;
        _openCount++;
        return bundle;
    }

    private void Send(int instance)
    {
        if (_open[instance] is not { } bundle) return;
        _open[instance] = null;
        _openCount--;
        Send(instance, bundle);
    }

    private void Send(int instance, PageBundle bundle)
    {
        bundle.Sequence = ++_sequence;
        if (Route.Balance == Balance.RoundRobin) _turn = (_turn + 1) % _open.Length;
        _group.Instances[instance].Send(bundle);
    }
}
