namespace Pipeline.Nic.Pages;

/// <summary>
/// The memory that a pool cuts into pages: the process's own, or another party's, such as a ring that the kernel fills.
/// </summary>
/// <param name="start">The first byte. It stays where it is until the region is disposed.</param>
/// <param name="bytes">All of it; a whole number of pages.</param>
internal abstract unsafe class PageRegion(byte* start, nuint bytes) : IDisposable
{
    /// <summary>The first byte.</summary>
    public byte* Start { get; } = start;

    /// <summary>Bytes of all pages.</summary>
    public nuint Bytes { get; } = bytes;

    /// <summary>
    /// Whether pages that are home belong to another party, which fills them and says which one comes next. The pool then has none to rent
    /// out. Its device takes the page that was filled (<see cref="PagePool.TryTake"/>).
    /// </summary>
    public virtual bool IsFilledByOthers => false;

    /// <summary>
    /// Gives a page back to whoever fills the region. The pool calls it when the page's last holder lets go, on that holder's thread.
    /// </summary>
    /// <param name="page">The page's number in the pool.</param>
    public virtual void TakeBack(int page)
    {
    }

    /// <summary>Gives the memory back. The pool calls it once, on any thread, when it is closed and every page is home.</summary>
    public abstract void Dispose();
}
