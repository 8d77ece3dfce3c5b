using System.Runtime.CompilerServices;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices.Simulated.Marking;
using Pipeline.Nic.Devices.Simulated.Traffic;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Devices.Simulated;

/// <summary>
/// One queue of a simulated NIC. It scans the whole wire by itself and takes its own packets, so queues share nothing that changes.
/// </summary>
/// <remarks>
/// <para>
/// On the virtual clock the wire stops while nobody takes packets, and a queue without pages waits: losses happen only where they were
/// ordered. The queue gives out only full bundles, however its pages come home, so that bundles too are the same in every run.
/// </para>
/// <para>
/// On the real clock at a rate the wire keeps running. Packets on it wait in the ring, and packets that find no room there are lost: as
/// <c>no-page</c> while the pool is empty, otherwise as <c>ring-full</c>.
/// </para>
/// </remarks>
public sealed class SimulatedQueue : INicQueue
{
    /// <summary>Packets of the wire scanned at a time.</summary>
    internal const int BlockPackets = 1024;

    private const int MostBundle = 1024;

    /// <summary>Blocks scanned at a time.</summary>
    private const int MostBlocks = 64;

    /// <summary>
    /// A packet's place in its page moves by a cache line from page to page: otherwise all packets would share a few sets of a cache. A
    /// power of two.
    /// </summary>
    private const int HeadroomSteps = 8;

    private const int HeadroomBytes = 64;

    /// <summary>The resolution of timers. If a quarter of the ring can fill up in less time, the queue is polled.</summary>
    private static readonly TimeSpan ShortestSleep = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan LongestSleep = TimeSpan.FromMilliseconds(10);

    private readonly WireTraffic _traffic;
    private readonly SimulatedClock _clock;
    private readonly SimulatedMarking _marking;
    private readonly QueuePasses _passes;
    private readonly PacketPagePool _pool;
    private readonly RingModel _model;
    private readonly ITimer _timer;
    private readonly Arrival[] _arrivals;
    private readonly int[] _pages = new int[MostBundle];
    private readonly long[] _losses = new long[Enum.GetValues<DeviceLoss>().Length];
    private readonly long[] _reported;
    private readonly long _end;
    private readonly bool _hasOwnTimes;
    private readonly int _index;
    private readonly int _ring;
    private long _scanned;
    private long _bytes;
    private int _next;
    private int _behind;
    private int _held;
    private bool _isStarved;
    private bool _disposed;
    private Action? _wake;
    private long _stalledUntil;

    internal SimulatedQueue(int index, string name, SimulatedOptions options, SimulatedNic.Shared shared, TimeProvider time)
    {
        _index = index;
        (_traffic, _clock, _marking, _end) = (shared.Traffic, shared.Clock, shared.Marking, shared.Packets);
        _passes = _marking.Queues[index];
        _pool = new PacketPagePool(name, shared.PageBytes, options.Pages);
        _model = new RingModel(options, index, hasRing: !_clock.IsPaced);
        _ring = options.Ring;
        _hasOwnTimes = _traffic.HasOwnTimes;
        _arrivals = new Arrival[Math.Max(options.Ring, MostBundle) + BlockPackets];
        _reported = new long[_losses.Length];
        _timer = time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary><c>sim:N</c> for the device's own queues, <c>sim:vfM:N</c> for those of virtual functions.</summary>
    public string Name => _pool.Name;

    /// <summary>Pages of one packet each, for this queue alone.</summary>
    public PagePool Pool => _pool;

    /// <inheritdoc/>
    public PageShare DeviceShare => _pool.Device;

    /// <summary>Bytes of the packets given out, or passed by the device. Any thread.</summary>
    internal long BytesGiven => Volatile.Read(ref _bytes) + _passes.Passed.Bytes;

    /// <inheritdoc/>
    public ReceiveStatus Receive(PageBundle bundle)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        while (true)
        {
            var wanted = Math.Min(Math.Min(bundle.Capacity, MostBundle), _pool.PageCount);
            if (_clock.IsPaced) LookUntilNow();
            else if (!LookFor(wanted)) return ReceiveStatus.Empty;
            if (Pending == 0) return _scanned < _end ? ReceiveStatus.Empty : End();
            if (IsStalled) return ReceiveStatus.Empty;

            wanted = Math.Min(wanted, Pending);
            _held += _pool.Rent(_pages.AsSpan(_held, wanted - Math.Min(_held, wanted)));
            _isStarved = _held < wanted;
            if (_isStarved && (!_clock.IsReal || _held == 0)) return ReceiveStatus.NoPage;
            if (Fill(bundle, Math.Min(wanted, _held))) return ReceiveStatus.Received;
        }
    }

    /// <summary>Lets nobody take packets out of the ring of a paced wire until the wire has carried so many. Any thread.</summary>
    internal void StallUntil(long number) => Volatile.Write(ref _stalledUntil, number);

    /// <inheritdoc/>
    public void WakeWhenReady(Action wake)
    {
        Interlocked.Exchange(ref _wake, wake);
        var sleep = _clock.IsPaced ? _clock.TimeFor(_ring / 4) : TimeSpan.Zero;
        if (sleep < ShortestSleep && !IsStalled) Wake();
        else _timer.Change(sleep < LongestSleep ? ShortestSleep : LongestSleep, Timeout.InfiniteTimeSpan);
    }

    /// <summary>
    /// Counts packets lost since the last call: those of ordered faults, and on the real clock those that the ring had no room for.
    /// </summary>
    public void ReadLosses(QueueAccount account)
    {
        for (var i = 0; i < _losses.Length; i++)
        {
            if (_losses[i] > _reported[i]) account.CountLost((DeviceLoss)i, _losses[i] - _reported[i]);
            _reported[i] = _losses[i];
        }
    }

    /// <summary>
    /// Gives back the pages that it holds and closes the pool. Received packets stay valid. Do not call it while a thread receives.
    /// </summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _timer.Dispose();
        _passes.End();
        ReturnHeld();
        _pool.Dispose();
    }

    private int Pending => _behind - _next;

    /// <summary>On a paced wire a stall is real. After the wire's end there is none.</summary>
    private bool IsStalled =>
        _clock.IsPaced && _scanned < _end && (_scanned < Volatile.Read(ref _stalledUntil) || _model.IsStalledAt(_scanned));

    private void Wake() => Interlocked.Exchange(ref _wake, null)?.Invoke();

    private ReceiveStatus End()
    {
        ReturnHeld();
        _passes.End();
        if (_index == 0 && _traffic.Fault is { } fault) throw fault;
        return ReceiveStatus.End;
    }

    private void ReturnHeld()
    {
        while (_held > 0) _pool.ReturnUnused(_pages[--_held]);
    }

    /// <summary>Scans the wire up to now. It is bounded, so that a queue that was not asked for long does not hold up its thread.</summary>
    private void LookUntilNow()
    {
        var carried = Math.Min(_clock.Carried(), _end);
        for (var blocks = 0; _scanned < carried && blocks < MostBlocks; blocks++) Look(carried);
    }

    /// <summary>
    /// Scans the wire for a number of packets. It is bounded too: an endless wire might have no packet for this queue, or only packets that
    /// the device passes.
    /// </summary>
    /// <returns>Whether there are that many, or the wire has ended.</returns>
    private bool LookFor(int packets)
    {
        for (var blocks = 0; Pending < packets && _scanned < _end && blocks < MostBlocks; blocks++) Look(_end);
        return Pending >= packets || _scanned >= _end;
    }

    /// <summary>Scans the next packets of the wire for this queue's.</summary>
    private void Look(long end)
    {
        if (_arrivals.Length - _behind < BlockPackets) MovePendingToFront();
        var count = (int)Math.Min(BlockPackets, end - _scanned);
        var found = _clock.Flood is { } flood && flood.Concerns(_scanned, _scanned + count)
            ? flood.Scan(_traffic, _scanned, count, _index, _arrivals.AsSpan(_behind))
            : _traffic.Scan(_scanned, count, _index, _arrivals.AsSpan(_behind));
        if (_model.Concerns(_scanned, _scanned + count)) found = _model.Filter(_arrivals.AsSpan(_behind, found), _losses);
        found = _passes.TakeOut(_arrivals.AsSpan(_behind, found), _marking.Current);
        _behind += found;
        _scanned += count;
        if (!_clock.IsPaced || Pending <= _ring) return;
        _losses[(int)(_isStarved ? DeviceLoss.NoPage : DeviceLoss.RingFull)] += Pending - _ring;
        _behind = _next + _ring;
    }

    private void MovePendingToFront()
    {
        _arrivals.AsSpan(_next, Pending).CopyTo(_arrivals);
        (_next, _behind) = (0, Pending);
    }

    /// <summary>Puts the next packets into pages, and those into the bundle, up to where the interface changes.</summary>
    /// <returns>False when there was no packet, because the descriptors were corrupt.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // its inlined code uses instructions that ahead-of-time code must not
    private bool Fill(PageBundle bundle, int most)
    {
        // Values that change with every packet are kept in local variables: fields would be read back and written each time.
        var marks = _marking.Current?.Marks;
        var room = bundle.Room;
        var templates = _traffic.Templates;
        var arrivals = _arrivals.AsSpan(_next, most);
        var pages = _pages.AsSpan(_held - most, most);
        var (filled, bytes, taken) = (0, 0L, 0);
        var now = _clock.IsReal && !_clock.IsPaced ? _clock.Now() : 0;
        var nicInterface = -1;
        for (; taken < arrivals.Length; taken++)
        {
            var arrival = arrivals[taken];
            if ((uint)arrival.Template >= (uint)templates.Length)
            {
                _losses[(int)DeviceLoss.InvalidDescriptor]++;
                continue;
            }

            ref readonly var template = ref templates[arrival.Template];
            if (nicInterface < 0) nicInterface = template.Interface;
            else if (nicInterface != template.Interface) break;
            Put(template, arrival.Number, now, pages[^(filled + 1)], out room[filled]);
            if (marks is not null) marks.Write(arrival.Template, ref room[filled]);
            bytes += template.Length;
            filled++;
        }

        (_next, _held) = (_next + taken, _held - filled);
        if (filled == 0) return false;
        bundle.Interface = _traffic.Interfaces[nicInterface];
        if (marks is not null) bundle.MarkedBy = marks.Rules;
        DeviceShare.Take(_pool.PageOf(room[0].Offset), filled);
        bundle.Appended(filled, bytes);
        Volatile.Write(ref _bytes, _bytes + bytes);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // once for every packet
    private void Put(in PacketTemplate template, long number, long now, int page, out Packet packet)
    {
        var headroom = template.Length + ((HeadroomSteps - 1) * HeadroomBytes) <= _pool.PageSize
            ? (page & (HeadroomSteps - 1)) * HeadroomBytes
            : 0;
        _traffic.CopyTo(template, _pool.PageMemory(page)[headroom..]);
        var time = _hasOwnTimes ? _traffic.TimeOf(template, number) : now != 0 ? now : _clock.TimeOf(number);
        var offset = _pool.OffsetOf(page) + (uint)headroom;
        Packet.Write(out packet, time, offset, (uint)template.Length, template.WireLength, template.FlowHash, template.Flags);
    }
}
