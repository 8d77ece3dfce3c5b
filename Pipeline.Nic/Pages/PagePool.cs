using System.Diagnostics;
using System.Runtime.InteropServices;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Pages;

/// <summary>
/// Owns the pages of one queue: one native region cut into equal pages. It bounds everything that is in flight.
/// </summary>
/// <remarks>
/// <para>Only the owning queue's thread rents, and it never waits: an empty pool says no, and the caller stops polling.</para>
/// <para>
/// Any thread returns. Returned pages and whole returned bundles form lock-free stacks that the owner takes whole, so there is no ABA.
/// </para>
/// <para>The region is unmapped only when the pool is disposed <em>and</em> no page is out.</para>
/// </remarks>
[DebuggerDisplay("{Name}: {Outstanding} of {PageCount} pages out")]
public abstract unsafe partial class PagePool : IPacketStore, IDisposable
{
    /// <summary>
    /// Bundles that may be out between a device and its router: fewer than a mailbox takes, however small the bundles are. A capture in
    /// which the interface changes with every packet makes bundles of one packet, and the pages alone do not bound those.
    /// </summary>
    public const int MostDeviceBundles = 2048;

    private const int None = -1;

    private readonly PageRegion _memory;
    private readonly byte* _region;
    private readonly nuint _regionBytes;
    private readonly int _pageShift;
    private readonly int[] _free;
    private readonly int[] _nextReturned;
    private int _disposed;
    private int _unmapped;
    private OwnersPart _owner;
    private Returns _returns = new() { FirstPage = None };

    /// <param name="name">The holder of the pages in messages: the queue's name.</param>
    /// <param name="pageSize">Bytes per page; a power of two from 64 up.</param>
    /// <param name="pageCount">Pages; all of them must not exceed 4 GiB, because offsets into the region are 32 bits.</param>
    /// <param name="audit">Watches who holds which page; null in production.</param>
    /// <exception cref="LinuxException">The region cannot be mapped.</exception>
    private protected PagePool(string name, int pageSize, int pageCount, PoolAudit? audit)
        : this(name, pageSize, new AnonymousRegion(BytesOf(pageSize, pageCount)), audit)
    {
    }

    /// <summary>A pool over existing memory.</summary>
    /// <param name="region">Whole pages. The pool owns it from now on.</param>
    private protected PagePool(string name, int pageSize, PageRegion region, PoolAudit? audit)
    {
        var pageCount = (int)(region.Bytes / (nuint)pageSize);
        Debug.Assert(BytesOf(pageSize, pageCount) == region.Bytes, "A region holds whole pages.");
        Name = name;
        PageSize = pageSize;
        PageCount = pageCount;
        Audit = audit;
        _pageShift = System.Numerics.BitOperations.Log2((uint)pageSize);
        _memory = region;
        _region = region.Start;
        _regionBytes = region.Bytes;
        _nextReturned = new int[pageCount];
        _free = new int[pageCount];
        if (!region.IsFilledByOthers)
        {
            for (var i = 0; i < pageCount; i++) _free[i] = pageCount - 1 - i;
            _owner.Free = pageCount;
        }

        audit?.Attach(this);
    }

    /// <summary>Its name in reports and messages: the queue's name.</summary>
    public string Name { get; }

    /// <summary>Bytes per page.</summary>
    public int PageSize { get; }

    /// <summary>All of its pages, out or home. The number never changes. Any thread.</summary>
    public int PageCount { get; }

    /// <summary>Pages that are not back yet. Readable from any thread.</summary>
    public int Outstanding
    {
        get
        {
            // The order matters: pages rented and returned in between make the result too small for a moment, and never too large for good.
            var rented = Volatile.Read(ref _owner.Rented);
            return (int)Math.Max(0, rented - Volatile.Read(ref _returns.Count));
        }
    }

    /// <summary>The most packets that can be in flight out of this pool, the bound the ledger's running check uses.</summary>
    public abstract long MaxPacketsInFlight { get; }

    /// <summary>Whether a page holds one packet, so that moving a descriptor moves its page; otherwise a page holds many.</summary>
    public abstract bool HasOnePacketToAPage { get; }

    /// <summary>Whether another party, such as the kernel, writes into pages that are home.</summary>
    internal bool IsFilledByOthers => _memory.IsFilledByOthers;

    internal PoolAudit? Audit { get; }

    /// <summary>
    /// Takes a free page. Only for the owning queue's thread. The caller owns the page's memory until it hands out packets in it.
    /// </summary>
    /// <returns>False when every page is out, or the pool is closed.</returns>
    public bool TryRent(out int page)
    {
        page = None;
        TakeReturned();
        if (_owner.Free == 0 || !Charge(1)) return false;
        page = _free[--_owner.Free];
        OnRented(page);
        Audit?.Rented(page, Name);
        return true;
    }

    /// <summary>
    /// Takes as many free pages as there are, at most as many as there is room for, under the same terms as <see cref="TryRent"/>.
    /// </summary>
    /// <returns>How many. The pages that came home last are at the end: they are still in a cache.</returns>
    public int Rent(Span<int> pages)
    {
        TakeReturned();
        var count = Math.Min(_owner.Free, pages.Length);
        if (count == 0 || !Charge(count)) return 0;
        _owner.Free -= count;
        _free.AsSpan(_owner.Free, count).CopyTo(pages);
        OnRented(pages[..count]);
        return count;
    }

    /// <summary>
    /// Takes one particular page that another party has filled, where that party owns the region's free pages. Only for the owning queue's
    /// thread, and only for a page that is home. The caller owns it as one it rented.
    /// </summary>
    /// <returns>False when the pool is closed.</returns>
    internal bool TryTake(int page)
    {
        Debug.Assert(_memory.IsFilledByOthers, "The pool has free pages of its own.");
        if (!Charge(1)) return false;
        OnRented(page);
        Audit?.Rented(page, Name);
        return true;
    }

    /// <summary>
    /// Asks for one call of <paramref name="wake"/>, from whichever thread returns a page next. If pages came home before the request could
    /// be seen, it is called at once. So a wake-up cannot be lost, except where others fill the pages: there, a page that came home just
    /// before is not seen. Only for the owning queue's thread.
    /// </summary>
    public void WakeWhenReturned(Action wake)
    {
        Interlocked.Exchange(ref _returns.Waiter, wake);
        if (_owner.Free > 0 || HasReturned) Wake();
    }

    /// <summary>
    /// Finds the end of the packets that can be routed together: those of one page, or, where pages hold one packet,
    /// <paramref name="most"/>.
    /// </summary>
    /// <param name="packets">A bundle's, one or more.</param>
    /// <param name="start">The first packet that is to be routed.</param>
    /// <param name="most">The most packets that are routed together where each has a page of its own, 1 or more.</param>
    /// <returns>The index after the last of them.</returns>
    public abstract int EndOfStretch(ReadOnlySpan<Packet> packets, int start, int most);

    /// <summary>
    /// Says in how many bundles a packet's own page will travel. With none, the page goes home. Only for the page's sole owner, before the
    /// packet is appended to the first of those bundles.
    /// </summary>
    /// <exception cref="InvalidOperationException">The pool has many packets per page, and a share takes them.</exception>
    public virtual void Share(ref Packet packet, int bundles) =>
        throw new InvalidOperationException($"Pages of {Name} hold many packets; their holders are counted by shares.");

    /// <summary>
    /// Adds a holder to a page of many packets. The caller must already hold the page: otherwise it might be free by now.
    /// </summary>
    internal abstract void AddHolder(int page);

    /// <summary>Removes a holder from a page of many packets. The page is free when the last holder is gone. Any thread.</summary>
    internal abstract void ReleaseHolder(int page);

    /// <summary>Gives back a bundle that is done with, and all pages of its packets. Any thread.</summary>
    /// <param name="bundle">It has been reset except for its packets. Afterwards it is not the caller's.</param>
    /// <param name="share">The share that was charged for them.</param>
    internal virtual void GiveBack(PageBundle bundle, PageShare share)
    {
        GiveBack(bundle.Packets, share);
        bundle.Recycle();
    }

    /// <summary>Gives back the pages that a bundle holds. Any thread.</summary>
    /// <param name="packets">
    /// The bundle's packets. Those of a page are usually adjacent, and that makes this cheap.
    /// </param>
    /// <param name="share">The share that was charged for them.</param>
    internal abstract void GiveBack(ReadOnlySpan<Packet> packets, PageShare share);

    private static nuint BytesOf(int pageSize, int pageCount)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pageSize, 64);
        ArgumentOutOfRangeException.ThrowIfLessThan(pageCount, 1);
        if (!System.Numerics.BitOperations.IsPow2(pageSize))
            throw new ArgumentException("The page size must be a power of two.", nameof(pageSize));
        if ((long)pageSize * pageCount > uint.MaxValue) throw new ArgumentException("A pool must not exceed 4 GiB.", nameof(pageCount));
        return (nuint)pageSize * (nuint)pageCount;
    }

    /// <summary>Called on the owner's thread when a page is handed out.</summary>
    private protected virtual void OnRented(int page)
    {
    }

    /// <summary>Counts pages as out, unless the pool is closed.</summary>
    private bool Charge(int pages)
    {
        // The pages are counted before the check that the pool is open. So a thread that closes it either sees these pages as out, or no
        // memory is handed out.
        Volatile.Write(ref _owner.Rented, _owner.Rented + pages);
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _disposed) == 0) return true;
        Volatile.Write(ref _owner.Rented, _owner.Rented - pages);
        UnmapIfClosedAndHome();
        return false;
    }

    private void OnRented(ReadOnlySpan<int> pages)
    {
        if (HasOnePacketToAPage && Audit is null) return;
        foreach (var page in pages)
        {
            OnRented(page);
            Audit?.Rented(page, Name);
        }
    }

    /// <summary>
    /// Closes the pool. The memory is freed when the last page is home, which can be now. Any thread; may be called again.
    /// </summary>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        if (Interlocked.Exchange(ref _disposed, 1) == 0) UnmapIfClosedAndHome();
    }

    /// <summary>It checks first that the pool is closed: from then on no page goes out, so if none is out, none ever will be.</summary>
    private void UnmapIfClosedAndHome()
    {
        if (Volatile.Read(ref _disposed) == 0 || Outstanding != 0) return;
        if (Interlocked.Exchange(ref _unmapped, 1) == 0) _memory.Dispose();
    }

    // The owner's fields, the returning threads' fields and the fields that nobody writes have cache lines of their own, with one between
    // them for the neighbour prefetcher. The region's address is read for every packet.
    [StructLayout(LayoutKind.Explicit, Size = 192)]
    private struct OwnersPart
    {
        /// <summary>Pages handed out since the beginning. Only the owner writes it.</summary>
        [FieldOffset(64)]
        public long Rented;

        /// <summary>Pages in the owner's list of free ones.</summary>
        [FieldOffset(72)]
        public int Free;
    }

    [StructLayout(LayoutKind.Explicit, Size = 192)]
    private struct Returns
    {
        [FieldOffset(64)]
        public PageBundle? FirstBundle;

        [FieldOffset(72)]
        public Action? Waiter;

        /// <summary>Pages returned since the beginning.</summary>
        [FieldOffset(80)]
        public long Count;

        [FieldOffset(88)]
        public int FirstPage;
    }
}
