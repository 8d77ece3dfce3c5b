using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Pipeline.Nic.Pages;

/// <summary>
/// Counts the bundles that left along one way and those of them that have come home, and says when few enough are still out. A bundle
/// that is home has been consumed, or given up: nobody reads its packets any more.
/// </summary>
/// <remarks>
/// Leaving and asking are for the thread that sends; coming home is for any. No lock, and one interlocked operation to a bundle.
/// </remarks>
[DebuggerDisplay("{Out} out")]
public sealed class Departures
{
    private long _left;
    private Action? _waiter;
    private Returns _returns = new() { WakeAt = -1 };

    /// <summary>Bundles that left and are not home; a moment's figure while others work on it. For the sender's thread.</summary>
    public long Out => _left - Volatile.Read(ref _returns.Home);

    /// <summary>
    /// Counts a bundle that is about to be sent; it counts itself home when its pages go. Before it is sent, while it is the caller's.
    /// </summary>
    public void Depart(PageBundle bundle)
    {
        _left++;
        bundle.Departures = this;
    }

    /// <summary>
    /// Asks for one call of <paramref name="wake"/>, on whatever thread, when no more than <paramref name="mostOut"/> of the bundles
    /// that have left by now are out; at once when that is so already. It replaces what was asked for before.
    /// </summary>
    public void WakeWhenOut(long mostOut, Action wake)
    {
        var wakeAt = _left - mostOut;
        Volatile.Write(ref _waiter, wake);

        // Whoever counts a bundle home reads the mark after it has counted: one of the two sides sees the other.
        Interlocked.Exchange(ref _returns.WakeAt, wakeAt);
        if (Volatile.Read(ref _returns.Home) >= wakeAt) Wake();
    }

    internal void Home()
    {
        if (Interlocked.Increment(ref _returns.Home) == Volatile.Read(ref _returns.WakeAt)) Wake();
    }

    private void Wake() => Interlocked.Exchange(ref _waiter, null)?.Invoke();

    // What comes home is counted on another CPU than what leaves: cache lines of its own, and one between them for the neighbour
    // prefetcher.
    [StructLayout(LayoutKind.Explicit, Size = 208)]
    private struct Returns
    {
        [FieldOffset(64)]
        public long Home;

        [FieldOffset(72)]
        public long WakeAt;
    }
}
