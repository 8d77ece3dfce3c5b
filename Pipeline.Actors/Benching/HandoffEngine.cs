using System.Diagnostics;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Benching;

/// <summary>
/// One way to hand bundles from this thread to another. All do the same around it: this thread writes every descriptor of a bundle, the
/// other reads every one, and the bundle comes back through a bare ring.
/// </summary>
internal abstract class HandoffEngine : IDisposable
{
    /// <summary>Bundles on the way at most, as a small pool allows.</summary>
    protected const int InFlight = 64;

    private readonly SpscRing<PageBundle> _returned = new(InFlight);
    private readonly Stack<PageBundle> _free = new(InFlight);
    private readonly PacketPagePool _pool = new("bench", 64, 1);
    private long _written;
    private long _sum;
    private volatile bool _isTiming;

    protected HandoffEngine(string name, int packets)
    {
        Name = name;
        BundlePackets = packets;

        // The descriptors point at nothing, and the bundles are never disposed: no page is out.
        var account = new PacketAccount("bench", AccountKind.Consumer);
        var bundles = new BundlePool(packets);
        for (var i = 0; i < InFlight; i++)
        {
            var bundle = bundles.Rent(_pool.Device, account, NicInterface.Unknown);
            for (var p = 0; p < packets; p++) bundle.Append(default(Packet));
            bundle.Sequence = i;
            _free.Push(bundle);
        }
    }

    public string Name { get; }

    public int BundlePackets { get; }

    /// <summary>Packets' fields added up, so that no reading can be left out.</summary>
    public long Sum => _sum;

    /// <summary>Hands over as many bundles as it can.</summary>
    /// <returns>Nanoseconds and allocated bytes to a bundle.</returns>
    public (double Nanoseconds, double AllocatedBytes) Load(TimeSpan time)
    {
        Begin();
        var sent = 0L;
        var allocated = GC.GetTotalAllocatedBytes();
        var start = Stopwatch.GetTimestamp();
        var end = start + (long)(time.TotalSeconds * Stopwatch.Frequency);
        do
        {
            for (var i = 0; i < InFlight; i++) Next();
            sent += InFlight;
        }
        while (Stopwatch.GetTimestamp() < end);

        while (_free.Count < InFlight) _free.Push(Returned());
        var elapsed = Stopwatch.GetElapsedTime(start);
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        End();
        return (elapsed.TotalNanoseconds / sent, (double)allocated / sent);
    }

    /// <summary>Hands over bundles one after the other, each when the one before is back.</summary>
    /// <param name="microseconds">Gets each one's time.</param>
    public void Single(int bundles, List<double> microseconds)
    {
        Begin();
        _isTiming = true;
        for (var i = 0; i < bundles; i++)
        {
            Next();
            var bundle = Returned();
            microseconds.Add(bundle.StartedAt * 1e6 / Stopwatch.Frequency);
            _free.Push(bundle);
        }

        _isTiming = false;
        End();
    }

    public virtual void Dispose() => _pool.Dispose();

    /// <summary>Gets the other thread ready, outside what is timed.</summary>
    protected virtual void Begin()
    {
    }

    /// <summary>Leaves no thread spinning.</summary>
    protected virtual void End()
    {
    }

    /// <summary>Hands a bundle over.</summary>
    protected abstract void Send(PageBundle bundle);

    /// <summary>Writes every descriptor.</summary>
    protected virtual void Write(PageBundle bundle)
    {
        foreach (ref var packet in bundle.Packets) packet = Descriptor();
    }

    /// <summary>What the other thread does with a bundle.</summary>
    protected void Receive(PageBundle bundle)
    {
        var sum = 0L;
        foreach (ref readonly var packet in bundle.Packets) sum += SumOf(packet);
        _sum += sum;
        GiveBack(bundle);
    }

    protected void Count(in Packet packet) => _sum += SumOf(packet);

    protected void GiveBack(PageBundle bundle)
    {
        if (_isTiming) bundle.StartedAt = Stopwatch.GetTimestamp() - bundle.StartedAt;
        _returned.TryPut(bundle);
    }

    protected Packet Descriptor()
    {
        var n = ++_written;
        return new Packet { TimestampNanoseconds = n, Offset = (uint)n, CapturedLength = 60, WireLength = 60, Mark = (uint)n, FlowHash = (uint)n };
    }

    /// <summary>Spins for a while and then lets others run, for a machine with one CPU.</summary>
    protected static void Pause(ref int spins)
    {
        if (++spins % 1024 == 0) Thread.Yield();
        else Thread.SpinWait(4);
    }

    private static long SumOf(in Packet packet) =>
        packet.TimestampNanoseconds + packet.Offset + packet.CapturedLength + packet.WireLength + packet.Mark + packet.FlowHash;

    private void Next()
    {
        var bundle = _free.Count > 0 ? _free.Pop() : Returned();
        Write(bundle);
        if (_isTiming) bundle.StartedAt = Stopwatch.GetTimestamp();
        Send(bundle);
    }

    private PageBundle Returned()
    {
        PageBundle? bundle;
        var spins = 0;
        while (!_returned.TryTake(out bundle)) Pause(ref spins);
        return bundle!;
    }
}
