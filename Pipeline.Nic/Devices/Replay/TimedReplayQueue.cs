using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Devices.Replay;

/// <summary>
/// Gives out another queue's packets when they are due: as far apart as their timestamps are, divided by a speed.
/// </summary>
/// <remarks>
/// <para>
/// The first packet with a timestamp is due at once and sets the clock. Packets without one are due with those before them. Where
/// timestamps go back, packets continue at once and keep their distances from there. Order is kept.
/// </para>
/// <para>
/// It stages one bundle of the other queue at a time. Packets move on with their own reference to their page, which is taken before the
/// staged bundle lets go of it. The queue never waits: before a packet is due the queue is empty, and a timer wakes its reader.
/// </para>
/// </remarks>
public sealed class TimedReplayQueue : INicQueue
{
    private const int BundlePackets = 64;

    private readonly INicQueue _inner;
    private readonly ReplayClock _clock;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly BundlePool _bundles = new(BundlePackets);
    // It never counts anything: staged packets move on in other bundles.
    private readonly PacketAccount _account = new("replay", AccountKind.Consumer);
    private PageBundle? _staged;
    private int _next;
    private Action? _wake;

    // A timestamp of the time provider, and ticks of a time span. It is 0 while there is nothing to wait for.
    private long _waitsSince;
    private long _waitTicks;

    /// <summary>Takes over a queue from which nothing has been received yet.</summary>
    /// <param name="inner">Owned from now on.</param>
    /// <param name="speed">1 is original timing, 2 twice as fast.</param>
    public TimedReplayQueue(INicQueue inner, double speed, TimeProvider time)
    {
        _inner = inner;
        _time = time;
        _clock = new ReplayClock(speed, time);
        _timer = time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The name of the queue that is played back.</summary>
    public string Name => _inner.Name;

    /// <summary>The pool of the queue that is played back: packets stay where they are.</summary>
    public PagePool Pool => _inner.Pool;

    /// <inheritdoc/>
    public PageShare DeviceShare => _inner.DeviceShare;

    /// <summary>The time until the next packet is due; null while the queue does not wait for that. Any thread.</summary>
    public TimeSpan? UntilNextPacket
    {
        get
        {
            var wait = new TimeSpan(Volatile.Read(ref _waitTicks));
            if (wait == default) return null;
            var left = wait - _time.GetElapsedTime(Volatile.Read(ref _waitsSince));
            return left > default(TimeSpan) ? left : default(TimeSpan);
        }
    }

    /// <inheritdoc/>
    public ReceiveStatus Receive(PageBundle bundle)
    {
        Volatile.Write(ref _waitTicks, 0);
        if (_staged is null && Stage() is var status && status != ReceiveStatus.Received) return status;
        var staged = _staged!;
        bundle.Interface = staged.Interface;
        while (!bundle.IsFull && _next < staged.Count && _clock.IsDue(staged.Packets[_next], staged.Interface)) MoveRun(staged, bundle);
        if (_next == staged.Count) Unstage();
        return bundle.IsEmpty ? ReceiveStatus.Empty : ReceiveStatus.Received;
    }

    /// <inheritdoc/>
    public void WakeWhenReady(Action wake)
    {
        if (_staged is null)
        {
            _inner.WakeWhenReady(wake);
            return;
        }

        Interlocked.Exchange(ref _wake, wake);
        var wait = _clock.TimeUntilDue(_staged.Packets[_next], _staged.Interface);
        Volatile.Write(ref _waitsSince, _time.GetTimestamp());
        Volatile.Write(ref _waitTicks, wait.Ticks);
        _timer.Change(ReplayClock.ForTimer(wait), Timeout.InfiniteTimeSpan);
    }

    /// <summary>Reads the losses of the other queue's device. Playing back loses nothing.</summary>
    public void ReadLosses(QueueAccount account) => _inner.ReadLosses(account);

    /// <summary>
    /// Stops the timer, gives back the staged packets as if they were never received, and disposes the other queue. Do not call it while a
    /// thread receives.
    /// </summary>
    public void Dispose()
    {
        _timer.Dispose();
        Unstage();
        _inner.Dispose();
    }

    private void Wake() => Interlocked.Exchange(ref _wake, null)?.Invoke();

    private ReceiveStatus Stage()
    {
        var bundle = _bundles.Rent(DeviceShare, _account, NicInterface.Unknown);
        try
        {
            var status = _inner.Receive(bundle);
            if (status == ReceiveStatus.Received) (_staged, _next) = (bundle, 0);
            return status;
        }
        finally
        {
            if (_staged is null) End(bundle);
        }
    }

    /// <summary>Moves the due packets that lie in one page, as far as there is room.</summary>
    private void MoveRun(PageBundle staged, PageBundle bundle)
    {
        var packets = staged.Packets[_next..];
        var page = Pool.PageOf(packets[0].Offset);
        var most = Math.Min(packets.Length, bundle.Capacity - bundle.Count);
        var run = 1;
        while (run < most && Pool.PageOf(packets[run].Offset) == page && _clock.IsDue(packets[run], staged.Interface)) run++;
        DeviceShare.Take(page, run);
        foreach (ref readonly var packet in packets[..run]) bundle.Append(packet);
        _next += run;
    }

    private void Unstage()
    {
        if (_staged is null) return;
        if (Pool.HasOnePacketToAPage)
        {
            // Where a page holds one packet, moving the descriptor moved the page; only those that were not moved go home.
            _staged.Truncate(_next);
            _staged.ForgetMoved();
        }

        End(_staged);
        _staged = null;
    }

    private static void End(PageBundle bundle)
    {
        bundle.SettleMoved();
        bundle.Dispose();
    }
}
