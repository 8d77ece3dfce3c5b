using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Bench;

/// <summary>
/// One way to hand bundles from this thread to another. The work around it is always the same: this thread writes every descriptor of a
/// bundle, the other reads every one, and the bundle comes back through a bare ring.
/// </summary>
internal abstract class HandoffEngine : IDisposable
{
    /// <summary>The most bundles on the way, as a small pool allows.</summary>
    protected const int InFlight = 64;

    private readonly SpscRing<PageBundle> _returned = new(InFlight);
    private readonly Stack<PageBundle> _free = new(InFlight);
    private readonly PacketPagePool _pool = new("bench", 64, 1);
    private volatile bool _isTiming;
    private Tally _written;
    private Tally _sum;

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

    /// <summary>The sum of the descriptors' 64-bit words, so that the compiler cannot omit a read.</summary>
    public long Sum => _sum.Value;

    /// <summary>Hands over as many bundles as it can.</summary>
    /// <returns>Nanoseconds and allocated bytes per bundle.</returns>
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

    /// <summary>Hands over bundles one after the other. Each waits until the one before is back.</summary>
    /// <param name="microseconds">Collects the time of each bundle.</param>
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

    /// <summary>Prepares the other thread, outside the timed part.</summary>
    protected virtual void Begin()
    {
    }

    /// <summary>Stops threads that would keep spinning.</summary>
    protected virtual void End()
    {
    }

    /// <summary>Hands a bundle over.</summary>
    protected abstract void Send(PageBundle bundle);

    /// <summary>Writes every descriptor.</summary>
    protected virtual void Write(PageBundle bundle)
    {
        var n = _written.Value;
        foreach (ref var words in WordsOf(bundle)) words = Words(++n);
        _written.Value = n;
    }

    /// <summary>Processes a bundle on the other thread.</summary>
    protected void Receive(PageBundle bundle)
    {
        var sum = Vector256<long>.Zero;
        foreach (ref readonly var words in WordsOf(bundle)) sum += words;
        _sum.Value += Vector256.Sum(sum);
        GiveBack(bundle);
    }

    protected void Count(in Packet packet) => _sum.Value += Vector256.Sum(Unsafe.BitCast<Packet, Vector256<long>>(packet));

    protected void GiveBack(PageBundle bundle)
    {
        if (_isTiming) bundle.StartedAt = Stopwatch.GetTimestamp() - bundle.StartedAt;
        _returned.TryPut(bundle);
    }

    /// <summary>The next descriptor. For the thread that writes.</summary>
    protected Packet Descriptor() => Unsafe.BitCast<Vector256<long>, Packet>(Words(++_written.Value));

    /// <summary>Spins for a while and then yields, for a machine with one CPU.</summary>
    protected static void Pause(ref int spins)
    {
        if (++spins % 1024 == 0) Thread.Yield();
        else Thread.SpinWait(4);
    }

    private static Span<Vector256<long>> WordsOf(PageBundle bundle) => MemoryMarshal.Cast<Packet, Vector256<long>>(bundle.Packets);

    /// <summary>
    /// Puts number n into the time, the place, the mark and the flow hash, and 60 into both lengths: all 32 bytes in one store, as devices
    /// write them.
    /// </summary>
    private static Vector256<long> Words(long n) => Vector256.Create(n, (uint)n | (60L << 32), 60L | (n << 32), (uint)n);

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

    // One belongs to the writing thread and the other to the reading one. On a shared cache line, or on one that both threads read, they
    // would make that line go back and forth for every descriptor.
    [StructLayout(LayoutKind.Explicit, Size = 192)]
    private struct Tally
    {
        [FieldOffset(64)]
        public long Value;
    }
}
