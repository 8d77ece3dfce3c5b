using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Links;

/// <summary>
/// The slab that a receiver reads into. Frames are parsed where they lie. A frame that does not end in the slab is carried over to the next
/// one.
/// </summary>
/// <remarks>A slab is a page of the pool with many packets. The reader holds the one that it fills; bundles hold theirs.</remarks>
/// <param name="pool">Its pages are twice as long as the longest frame, and a power of two.</param>
internal sealed unsafe class SlabReader(BlockPagePool pool)
{
    /// <summary>Bytes of a slab: room for the longest frame, whatever lies in front of it.</summary>
    public const int SlabBytes = 512 << 10;

    /// <summary>The most that is read at a time, so that acknowledgements go out often enough.</summary>
    private const int MostRead = 256 << 10;

    /// <summary>With less room than this, reading goes on in another slab.</summary>
    private const int LeastRoom = 64 << 10;

    private const int None = -1;

    private int _begin;
    private int _end;

    /// <summary>The page that is being filled.</summary>
    public int Page { get; private set; } = None;

    /// <summary>The first byte that was not parsed yet.</summary>
    public byte* Unread => Start + _begin;

    /// <summary>Bytes that were read and not parsed.</summary>
    public int Length => _end - _begin;

    /// <summary>
    /// The length of the frame that has begun, or of a header where that is not whole. <see cref="FrameIntake.TakeFrom"/> has checked it.
    /// </summary>
    public int FrameLength => Length < LinkLayout.HeaderBytes
        ? LinkLayout.HeaderBytes
        : FrameHeader.Read(new ReadOnlySpan<byte>(Unread, LinkLayout.HeaderBytes)).Length;

    /// <summary>Where to read into. After <see cref="TryMakeRoom"/>.</summary>
    public Span<byte> Room => new(Start + _end, Math.Min(SlabBytes - _end, MostRead));

    private byte* Start => pool.RegionFor([]) + pool.OffsetOf(Page);

    /// <summary>Makes room for the rest of the frame that has begun.</summary>
    /// <returns>False where every slab is out.</returns>
    public bool TryMakeRoom()
    {
        var fits = Page != None && _begin + FrameLength <= SlabBytes;
        if (fits && SlabBytes - _end >= LeastRoom) return true;
        if (!pool.TryRent(out var page)) return fits && SlabBytes - _end > 0;
        if (Page != None)
        {
            new ReadOnlySpan<byte>(Unread, Length).CopyTo(pool.PageMemory(page));
            pool.ReleaseFilled(Page);
        }

        (Page, _begin, _end) = (page, 0, Length);
        return true;
    }

    public void Filled(int bytes) => _end += bytes;

    public void Parsed(int bytes) => _begin += bytes;

    /// <summary>Lets go of the slab.</summary>
    public void Release()
    {
        if (Page != None) pool.ReleaseFilled(Page);
        Page = None;
    }
}
