namespace Pipeline.Nic.Pages;

/// <summary>Where pages and packets lie in the pool's region.</summary>
public abstract unsafe partial class PagePool
{
    /// <summary>A packet's bytes. Valid until the bundle that carries the descriptor is disposed.</summary>
    public ReadOnlySpan<byte> Bytes(in Packet packet)
    {
        Audit?.CheckHeld(PageOf(packet.Offset));
        return new ReadOnlySpan<byte>(_region + packet.Offset, packet.CapturedLength);
    }

    /// <summary>A packet's bytes and those around them in its page: from a number of bytes before it to the page's end.</summary>
    /// <exception cref="InvalidOperationException">The bytes would begin before the page.</exception>
    internal ReadOnlySpan<byte> Around(in Packet packet, int before)
    {
        var page = PageOf(packet.Offset);
        Audit?.CheckHeld(page);
        var at = (int)(packet.Offset - OffsetOf(page)) - before;
        if (at < 0) throw new InvalidOperationException($"A packet's block begins {-at} bytes in front of its page in pool {Name}.");
        return PageMemory(page)[at..];
    }

    /// <summary>The packet's bytes, for a descriptor that any code might have made.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It points outside the pool.</exception>
    internal ReadOnlySpan<byte> BytesWithin(in Packet packet)
    {
        if ((ulong)packet.Offset + (uint)packet.CapturedLength > _regionBytes) throw OutOfPool(packet);
        return Bytes(packet);
    }

    private ArgumentOutOfRangeException OutOfPool(in Packet packet) =>
        new(nameof(packet), $"{packet.CapturedLength} bytes at {packet.Offset} lie outside of the {_regionBytes} bytes of {Name}");

    /// <summary>The address that packets' offsets count from. Compiled rules find the bytes with it themselves.</summary>
    /// <param name="packets">The packets that will be read.</param>
    internal byte* RegionFor(ReadOnlySpan<Packet> packets)
    {
        if (Audit is not null) foreach (ref readonly var packet in packets) Audit.CheckHeld(PageOf(packet.Offset));
        return _region;
    }

    /// <summary>A page's memory. Only for the device that fills it, which owns it meanwhile.</summary>
    public Span<byte> PageMemory(int page) => new(_region + ((nuint)page << _pageShift), PageSize);

    /// <summary>The page that holds the byte at <paramref name="offset"/>.</summary>
    public int PageOf(uint offset) => (int)(offset >> _pageShift);

    /// <summary>The offset of a page's first byte.</summary>
    public uint OffsetOf(int page) => (uint)page << _pageShift;
}
