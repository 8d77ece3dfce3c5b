using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Pipeline.Nic.Pages;

/// <summary>
/// The part of one pool that one route may pin, so that a stuck consumer cannot hold everything. It is charged for every page it
/// pins, once, however many of the page's packets it holds.
/// </summary>
/// <remarks>Only the router's thread takes; any thread lets go.</remarks>
[DebuggerDisplay("{Holder}: {Charged} of {LimitPages} pages, {Bundles} of {LimitBundles} bundles")]
public sealed class PageShare
{
    private readonly PagePool _pool;
    private readonly int[]? _packetsOf;
    private Takers _taken;
    private Releases _released;

    /// <summary>Makes a share that pins nothing yet. The shares of one pool can add up to more than the pool has.</summary>
    /// <param name="pool">The pool it is a share of.</param>
    /// <param name="holder">Who holds the pages, in messages.</param>
    /// <param name="limitPages">Pages it may pin.</param>
    /// <param name="limitBundles">Bundles it may have out. The limit keeps its bundles within its consumer's mailbox.</param>
    public PageShare(PagePool pool, string holder, int limitPages, int limitBundles = int.MaxValue)
    {
        _pool = pool;
        Holder = holder;
        LimitPages = Math.Clamp(limitPages, 1, pool.PageCount);
        LimitBundles = limitBundles;
        if (!pool.HasOnePacketToAPage) _packetsOf = new int[pool.PageCount];
    }

    /// <summary>The pool it is a share of.</summary>
    public PagePool Pool => _pool;

    /// <summary>Who holds the pages, in messages: a consumer, or <c>device:</c> and a queue.</summary>
    public string Holder { get; }

    /// <summary>
    /// The most pages it may pin, 1 to all of the pool. The caller must ask first (<see cref="HasRoomFor"/>); <see cref="Take"/> does not
    /// check.
    /// </summary>
    public int LimitPages { get; }

    /// <summary>The most bundles it may have out; <see cref="int.MaxValue"/> where the pages alone bound them.</summary>
    public int LimitBundles { get; }

    /// <summary>Pages pinned now. Readable from any thread.</summary>
    public int Charged
    {
        get
        {
            // The order matters: pages taken and let go in between make the result too small for a moment. At worst that wakes somebody too
            // early.
            var taken = Volatile.Read(ref _taken.Pages);
            return (int)Math.Max(0, taken - Volatile.Read(ref _released.Pages));
        }
    }

    /// <summary>Bundles out now. Readable from any thread.</summary>
    public int Bundles
    {
        get
        {
            var taken = Volatile.Read(ref _taken.Bundles);
            return (int)Math.Max(0, taken - Volatile.Read(ref _released.Bundles));
        }
    }

    /// <summary>Whether this share already pins the page, so that taking more of its packets costs it nothing.</summary>
    public bool Pins(int page) => _packetsOf is not null && Volatile.Read(ref _packetsOf[page]) > 0;

    /// <summary>
    /// Whether three quarters of the share are used. It is then time to copy packets rather than pin one more page of many packets.
    /// </summary>
    public bool IsNearLimit => Charged >= LimitPages - (LimitPages / 4);

    /// <summary>Whether half of the share is free.</summary>
    public bool IsBelowLowWater => Charged <= LimitPages / 2 && Bundles <= LimitBundles / 2;

    /// <summary>Whether it may have no more bundles out.</summary>
    public bool IsOutOfBundles => Bundles >= LimitBundles;

    /// <summary>Whether that many packets of a page, in one more bundle, stay within the share.</summary>
    public bool HasRoomFor(int page, int packets)
    {
        if (IsOutOfBundles) return false;
        return _packetsOf is null ? Charged + packets <= LimitPages : Pins(page) || Charged < LimitPages;
    }

    /// <summary>
    /// Takes <paramref name="packets"/> packets of a page that the caller holds. The caller must check the limits first
    /// (<see cref="HasRoomFor"/>), because the route and not the pool decides what to do beyond them.
    /// </summary>
    public void Take(int page, int packets)
    {
        Debug.Assert(packets > 0, "Nothing was taken.");
        _pool.Audit?.Taken(page, Holder);
        if (_packetsOf is null)
        {
            Charge(packets);
            return;
        }

        // The holder is added before the count rises, and removed after the count falls: the page can never look free in between.
        _pool.AddHolder(page);
        if (Interlocked.Add(ref _packetsOf[page], packets) != packets) _pool.ReleaseHolder(page);
        else Charge(1);
    }

    /// <summary>Asks for one call of <paramref name="wake"/> when half of the share is free again, or at once if it already is.</summary>
    public void WakeAtLowWater(Action wake)
    {
        Interlocked.Exchange(ref _released.Waiter, wake);
        if (IsBelowLowWater) Wake();
    }

    internal void BundleOut() => Volatile.Write(ref _taken.Bundles, _taken.Bundles + 1);

    internal void BundleHome()
    {
        var home = Interlocked.Increment(ref _released.Bundles);
        Debug.Assert(home <= Volatile.Read(ref _taken.Bundles), "More bundles came home than left.");
        if (Volatile.Read(ref _released.Waiter) is not null && IsBelowLowWater) Wake();
    }

    internal void Release(int page, int packets)
    {
        var left = Interlocked.Add(ref _packetsOf![page], -packets);
        if (left < 0)
            throw new InvalidOperationException($"{Holder} returned more packets of page {page} of pool {_pool.Name} than it held.");
        if (left > 0) return;
        Discharge(1);
        _pool.ReleaseHolder(page);
    }

    internal void Discharge(int pages)
    {
        var released = Interlocked.Add(ref _released.Pages, pages);
        Debug.Assert(released <= Volatile.Read(ref _taken.Pages), "More pages were given back than were taken.");
    }

    private void Charge(int pages) => Volatile.Write(ref _taken.Pages, _taken.Pages + pages);

    private void Wake() => Interlocked.Exchange(ref _released.Waiter, null)?.Invoke();

    // Both counts only rise. The taking thread's count and the returning threads' count have cache lines of their own, so the taking thread
    // never waits to write a line.
    [StructLayout(LayoutKind.Explicit, Size = 192)]
    private struct Takers
    {
        [FieldOffset(64)]
        public long Pages;

        [FieldOffset(72)]
        public long Bundles;
    }

    [StructLayout(LayoutKind.Explicit, Size = 192)]
    private struct Releases
    {
        [FieldOffset(64)]
        public long Pages;

        [FieldOffset(72)]
        public long Bundles;

        [FieldOffset(80)]
        public Action? Waiter;
    }
}
