namespace Pipeline.Nic.Pages;

/// <summary>
/// The part of one pool that one route may pin, so that a stuck consumer cannot hold everything. It is charged for every page it
/// pins, once, however many of the page's packets it holds.
/// </summary>
/// <remarks>Taking is for the router's thread alone; letting go is for any thread.</remarks>
public sealed class PageShare
{
    private readonly PagePool _pool;
    private readonly int[]? _packetsOf;
    private int _charged;
    private int _bundles;
    private Action? _waiter;

    /// <param name="pool">The pool it is a share of.</param>
    /// <param name="holder">Who holds the pages, in messages.</param>
    /// <param name="limitPages">Pages it may pin.</param>
    /// <param name="limitBundles">Bundles it may have out; keeps what it sends within its consumer's mailbox.</param>
    public PageShare(PagePool pool, string holder, int limitPages, int limitBundles = int.MaxValue)
    {
        _pool = pool;
        Holder = holder;
        LimitPages = Math.Clamp(limitPages, 1, pool.PageCount);
        LimitBundles = limitBundles;
        if (pool is BlockPagePool) _packetsOf = new int[pool.PageCount];
    }

    public PagePool Pool => _pool;

    public string Holder { get; }

    public int LimitPages { get; }

    public int LimitBundles { get; }

    /// <summary>Pages pinned now. Readable from any thread.</summary>
    public int Charged => Volatile.Read(ref _charged);

    /// <summary>Bundles out now. Readable from any thread.</summary>
    public int Bundles => Volatile.Read(ref _bundles);

    /// <summary>Whether this share already pins the page, so that taking more of its packets costs it nothing.</summary>
    public bool Pins(int page) => _packetsOf is not null && Volatile.Read(ref _packetsOf[page]) > 0;

    /// <summary>Whether three quarters of the share are used: time to copy packets rather than pin one more page of many packets.</summary>
    public bool IsNearLimit => Charged >= LimitPages - (LimitPages / 4);

    /// <summary>Whether half of the share is free.</summary>
    public bool IsBelowLowWater => Charged <= LimitPages / 2 && Bundles <= LimitBundles / 2;

    /// <summary>Whether that many packets of a page, in one more bundle, stay within the share.</summary>
    public bool HasRoomFor(int page, int packets)
    {
        if (Bundles >= LimitBundles) return false;
        return _packetsOf is null ? Charged + packets <= LimitPages : Pins(page) || Charged < LimitPages;
    }

    /// <summary>
    /// Takes <paramref name="packets"/> packets of a page that the caller holds. The limits are the caller's to ask for first
    /// (<see cref="HasRoomFor"/>), because what to do beyond them is the route's policy, not the pool's.
    /// </summary>
    public void Take(int page, int packets)
    {
        _pool.Audit?.Taken(page, Holder);
        if (_packetsOf is null)
        {
            Interlocked.Add(ref _charged, packets);
            return;
        }

        // The holder is added before the count shows, and taken off after it is gone: the page can never look free in between.
        ((BlockPagePool)_pool).AddHolder(page);
        if (Interlocked.Add(ref _packetsOf[page], packets) != packets) ((BlockPagePool)_pool).ReleaseHolder(page);
        else Interlocked.Increment(ref _charged);
    }

    /// <summary>Asks for one call of <paramref name="wake"/> when half of the share is free again; at once when it is already.</summary>
    public void WakeAtLowWater(Action wake)
    {
        Interlocked.Exchange(ref _waiter, wake);
        if (IsBelowLowWater) Wake();
    }

    internal void BundleOut() => Interlocked.Increment(ref _bundles);

    internal void BundleHome()
    {
        Interlocked.Decrement(ref _bundles);
        if (Volatile.Read(ref _waiter) is not null && IsBelowLowWater) Wake();
    }

    internal void Release(int page, int packets)
    {
        var left = Interlocked.Add(ref _packetsOf![page], -packets);
        if (left < 0) throw new InvalidOperationException($"{Holder} returned more packets of page {page} of pool {_pool.Name} than it held.");
        if (left > 0) return;
        Interlocked.Decrement(ref _charged);
        ((BlockPagePool)_pool).ReleaseHolder(page);
    }

    internal void Discharge(int pages) => Interlocked.Add(ref _charged, -pages);

    private void Wake() => Interlocked.Exchange(ref _waiter, null)?.Invoke();
}
