using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Pipeline.Nic.Pages;

/// <summary>
/// Counts the bundles that were sent along one way and those of them that have come home, and tells when few enough are still out. A bundle
/// that is home has been consumed or given up: nobody reads its packets any more.
/// </summary>
/// <remarks>
/// The sending thread counts departures and asks; any thread counts a bundle home. There is no lock, and one interlocked operation per
/// bundle, two where its load is counted.
/// </remarks>
[DebuggerDisplay("{Out} out")]
public sealed class Departures
{
    private const long Nothing = long.MaxValue;

    private long _left;
    private long _loadLeft;
    private Action? _waiter;
    private Returns _returns = new() { WakeAt = Nothing };

    /// <summary>
    /// Bundles that left and are not home. The number can change at any moment while other threads work. For the sender's thread.
    /// </summary>
    public long Out => _left - Volatile.Read(ref _returns.Home);

    /// <summary>What the bundles that are out weigh, in the unit of <see cref="Depart"/>. As exact as <see cref="Out"/>.</summary>
    public long LoadOut => _loadLeft - Volatile.Read(ref _returns.LoadHome);

    /// <summary>
    /// Counts a bundle that is about to be sent. The bundle counts itself home when its pages go. Call this before sending, while the
    /// bundle is the caller's.
    /// </summary>
    /// <param name="load">What it weighs, in a unit of the caller's; 0 where nobody asks, which saves an operation.</param>
    public void Depart(PageBundle bundle, long load = 0)
    {
        _left++;
        _loadLeft += load;
        bundle.Departures = this;
        bundle.Load = load;
    }

    /// <summary>
    /// Asks for one call of <paramref name="wake"/>, on any thread, when no more than <paramref name="mostOut"/> of the bundles that have
    /// left by now are out. If that is so already, the call comes at once. It replaces an earlier request.
    /// </summary>
    public void WakeWhenOut(long mostOut, Action wake)
    {
        var wakeAt = _left - mostOut;

        // The earlier mark goes first: a thread that has just reached it must not take the new request for the earlier one.
        Interlocked.Exchange(ref _returns.WakeAt, Nothing);
        Volatile.Write(ref _waiter, wake);

        // A thread that counts a bundle home reads the mark after it has counted, so one of the two sides sees the other.
        Interlocked.Exchange(ref _returns.WakeAt, wakeAt);
        if (IsDue) Wake();
    }

    internal void Home(long load = 0)
    {
        if (load != 0) Interlocked.Add(ref _returns.LoadHome, load);
        if (Interlocked.Increment(ref _returns.Home) == Volatile.Read(ref _returns.WakeAt)) Wake();
    }

    private bool IsDue => Volatile.Read(ref _returns.Home) >= Volatile.Read(ref _returns.WakeAt);

    /// <summary>
    /// Calls the waiter if its mark is reached. A thread that comes here for an earlier mark puts the waiter back, and looks again: others
    /// found none meanwhile.
    /// </summary>
    private void Wake()
    {
        while (Interlocked.Exchange(ref _waiter, null) is { } waiter)
        {
            if (IsDue)
            {
                waiter();
                return;
            }

            if (Interlocked.CompareExchange(ref _waiter, waiter, null) is not null || !IsDue) return;
        }
    }

    // Bundles that come home and bundles that leave are counted on different CPUs. So each count has cache lines of its own, with one
    // between them for the neighbour prefetcher.
    [StructLayout(LayoutKind.Explicit, Size = 208)]
    private struct Returns
    {
        [FieldOffset(64)]
        public long Home;

        [FieldOffset(72)]
        public long WakeAt;

        [FieldOffset(80)]
        public long LoadHome;
    }
}
