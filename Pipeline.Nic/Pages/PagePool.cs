using System.Diagnostics;
using System.Runtime.InteropServices;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Pages;

/// <summary>
/// Owns the pages of one queue: one native region cut into equal pages. It bounds everything that is in flight.
/// </summary>
/// <remarks>
/// <para>Renting is for the owning queue's thread alone and never waits: an empty pool says no, and the caller stops polling.</para>
/// <para>Returning is for any thread. What is returned, pages or whole bundles of them, forms lock-free stacks that the owner takes whole,
/// so there is no ABA.</para>
/// <para>The region is unmapped only when the pool is disposed <em>and</em> no page is out.</para>
/// </remarks>
[DebuggerDisplay("{Name}: {Outstanding} of {PageCount} pages out")]
public abstract unsafe partial class PagePool : IPacketStore, IDisposable
{
    /// <summary>
    /// Bundles that may be out between a device and its router: less than a mailbox takes, however small the bundles are. A capture whose
    /// packets come from another interface each makes bundles of one packet, which the pages alone do not bound.
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
    /// <param name="pageSize">Bytes to a page; a power of two from 64 up.</param>
    /// <param name="pageCount">Pages; all of them must not exceed 4 GiB, because offsets into the region are 32 bits.</param>
    /// <param name="audit">Watches who holds what; null in production.</param>
    /// <exception cref="LinuxException">The region cannot be mapped.</exception>
    private protected PagePool(string name, int pageSize, int pageCount, PoolAudit? audit)
        : this(name, pageSize, new AnonymousRegion(BytesOf(pageSize, pageCount)), audit)
    {
    }

    /// <summary>A pool over memory that is there.</summary>
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

    /// <summary>How reports and messages name it: the queue's name.</summary>
    public string Name { get; }

    /// <summary>Bytes to a page.</summary>
    public int PageSize { get; }

    /// <summary>Pages it has, out or home; always the same. Any thread.</summary>
    public int PageCount { get; }

    /// <summary>Pages that are not back yet. Readable from any thread.</summary>
    public int Outstanding
    {
        get
        {
            // In this order, so that what is rented and returned in between makes it too small for a moment, and never too large for good.
            var rented = Volatile.Read(ref _owner.Rented);
            return (int)Math.Max(0, rented - Volatile.Read(ref _returns.Count));
        }
    }

    /// <summary>The most packets that can be in flight out of this pool, the bound the ledger's running check uses.</summary>
    public abstract long MaxPacketsInFlight { get; }

    /// <summary>Whether a page holds one packet, so that a descriptor that moves takes its page along; else a page holds many.</summary>
    public abstract bool HasOnePacketToAPage { get; }

    /// <summary>Whether somebody else writes into pages that are home.</summary>
    internal bool IsFilledByOthers => _memory.IsFilledByOthers;

    internal PoolAudit? Audit { get; }

    /// <summary>
    /// Takes a free page. Only for the owning queue's thread. The caller owns the page's memory until it hands out packets of it.
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

    /// <summary>Takes free pages, as many as there are room and pages for, under the same terms as <see cref="TryRent"/>.</summary>
    /// <returns>How many. Those that came home last are the last of them: they are in a cache still.</returns>
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
    /// Takes the very page that somebody else has filled, where the region's free pages are theirs. Only for the owning queue's thread,
    /// and only for a page that is home. The caller owns it as one it rented.
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
    /// Asks for one call of <paramref name="wake"/>, from whichever thread returns a page next. When pages came home before the
    /// request could be seen it is called at once, so a wake-up cannot be lost. Only for the owning queue's thread.
    /// </summary>
    public void WakeWhenReturned(Action wake)
    {
        Interlocked.Exchange(ref _returns.Waiter, wake);
        if (_owner.Free > 0 || HasReturned) Wake();
    }

    /// <summary>
    /// Where the packets end that can be routed together: those of one page, or, where pages hold one packet, <paramref name="most"/>.
    /// </summary>
    /// <param name="packets">A bundle's, one or more.</param>
    /// <param name="start">The first packet that is to be routed.</param>
    /// <param name="most">The most packets of pages of their own that are routed together, 1 or more.</param>
    /// <returns>The index behind the last of them.</returns>
    public abstract int EndOfStretch(ReadOnlySpan<Packet> packets, int start, int most);

    /// <summary>
    /// Says in how many bundles a packet's own page will travel; with none, the page goes home. Only for the page's sole owner, before the
    /// first of those bundles is appended to.
    /// </summary>
    /// <exception cref="InvalidOperationException">The pool has many packets to a page, and a share takes them.</exception>
    public virtual void Share(ref Packet packet, int bundles) =>
        throw new InvalidOperationException($"Pages of {Name} hold many packets; their holders are counted by shares.");

    /// <summary>Adds a holder to a page of many packets. The caller must hold the page already, else it may be free by now.</summary>
    internal abstract void AddHolder(int page);

    /// <summary>Takes a holder off a page of many packets, which is free when the last is gone. Any thread.</summary>
    internal abstract void ReleaseHolder(int page);

    /// <summary>Gives back a bundle that is done with, and all pages of its packets. Any thread.</summary>
    /// <param name="bundle">It has been reset but for its packets. Afterwards it is not the caller's.</param>
    /// <param name="share">The share that was charged for them.</param>
    internal virtual void GiveBack(PageBundle bundle, PageShare share)
    {
        GiveBack(bundle.Packets, share);
        bundle.Recycle();
    }

    /// <summary>Gives back what a bundle holds. Any thread.</summary>
    /// <param name="packets">
    /// The bundle's packets; the ones of a page lie next to each other as a rule, which is what makes this cheap.
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
        // Counted before it is known whether the pool is closed: whoever closes it sees either these pages or nobody with memory.
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

    /// <summary>Closes the pool. The memory goes when the last page is home, which may be now. Any thread; may be called again.</summary>
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        if (Interlocked.Exchange(ref _disposed, 1) == 0) UnmapIfClosedAndHome();
    }

    /// <summary>Closed is looked at first: from then on no page goes out, so none out means none out for good.</summary>
    private void UnmapIfClosedAndHome()
    {
        if (Volatile.Read(ref _disposed) == 0 || Outstanding != 0) return;
        if (Interlocked.Exchange(ref _unmapped, 1) == 0) _memory.Dispose();
    }

    // The owner's, the returning threads' and what nobody writes lie on cache lines of their own, with one between them for the neighbour
    // prefetcher: for every packet somebody reads where the region is.
    [StructLayout(LayoutKind.Explicit, Size = 192)]
    private struct OwnersPart
    {
        /// <summary>Pages handed out since the beginning; the owner's alone to write.</summary>
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
