using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Links;

/// <summary>
/// A slab of one instance's own, into which its packets are copied when it already pins its part of the slabs that all share. So a slow
/// instance holds little more memory than its window, however small its bundles are.
/// </summary>
internal sealed unsafe class CopySlab(BlockPagePool pool)
{
    private const int None = -1;

    /// <summary>
    /// A packet without bytes gets the byte in front of it as its place, so the first bytes are left out: one cache line.
    /// </summary>
    private const int FirstByte = 64;

    /// <summary>Slabs that are left for reading.</summary>
    private const int LeastFree = 2;

    private int _used;

    public int Page { get; private set; } = None;

    /// <summary>Copies bytes in.</summary>
    /// <returns>Where they lie now; null where there is no slab to copy into.</returns>
    public byte* TryCopy(byte* from, int bytes)
    {
        if ((Page == None || _used + bytes > SlabReader.SlabBytes) && !TryRenew()) return null;
        var to = pool.RegionFor([]) + pool.OffsetOf(Page) + _used;
        new ReadOnlySpan<byte>(from, bytes).CopyTo(new Span<byte>(to, bytes));
        _used += bytes;
        return to;
    }

    /// <summary>Lets go of the slab.</summary>
    public void Release()
    {
        if (Page != None) pool.ReleaseFilled(Page);
        Page = None;
    }

    private bool TryRenew()
    {
        if (pool.PageCount - pool.Outstanding <= LeastFree || !pool.TryRent(out var page)) return false;
        Release();
        (Page, _used) = (page, FirstByte);
        return true;
    }
}
