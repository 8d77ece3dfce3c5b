using System.Buffers.Binary;
using Pipeline.TestSupport;

namespace Pipeline.Nic.Tests.Devices.PcapFile.Fuzzing;

/// <summary>
/// A capture being made up, in one piece of memory that is used again for the next. It knows where its numbers lie, and where a reader
/// that fills pages from the start would come to the end of one.
/// </summary>
internal sealed class CaptureDraft
{
    /// <summary>What it never grows beyond; whoever adds to it asks for <see cref="Room"/> first.</summary>
    private const int MostBytes = 64 * 1024;

    private static readonly byte[] Pattern = MakePattern();

    private readonly byte[] _bytes = new byte[MostBytes];
    private int _pageStart;
    private Chance _chance = new(0);

    public byte[] Bytes => _bytes;

    public int Length { get; set; }

    public int Room => MostBytes - Length;

    public bool BigEndian { get; set; }

    /// <summary>Bytes to a page of the reader it is made for.</summary>
    public int PageBytes { get; private set; }

    /// <summary>Where numbers of 32 bits lie that say how long something is.</summary>
    public List<int> Lengths { get; } = [];

    /// <summary>Bytes to the end of the page that a reader is in by now.</summary>
    public int LeftOfPage => _pageStart + PageBytes - Length;

    public void Begin(Chance chance, int pageBytes)
    {
        (_chance, PageBytes) = (chance, pageBytes);
        Length = _pageStart = 0;
        Lengths.Clear();
    }

    public void U8(int value) => _bytes[Length++] = (byte)value;

    public void U16(int value)
    {
        if (BigEndian) BinaryPrimitives.WriteUInt16BigEndian(_bytes.AsSpan(Length), (ushort)value);
        else BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(Length), (ushort)value);
        Length += 2;
    }

    public void U32(uint value)
    {
        Put(Length, value);
        Length += 4;
    }

    public void U64(ulong value)
    {
        U32((uint)(BigEndian ? value >> 32 : value));
        U32((uint)(BigEndian ? value : value >> 32));
    }

    /// <summary>A number of 32 bits that says how long something is.</summary>
    public void Size(uint value)
    {
        Lengths.Add(Length);
        U32(value);
    }

    /// <summary>Writes a number over what is there.</summary>
    public void Put(int at, uint value)
    {
        if (BigEndian) BinaryPrimitives.WriteUInt32BigEndian(_bytes.AsSpan(at), value);
        else BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(at), value);
    }

    /// <summary>Bytes of any values.</summary>
    public void Any(int count)
    {
        Pattern.AsSpan(_chance.Below(Pattern.Length - count), count).CopyTo(_bytes.AsSpan(Length));
        Length += count;
    }

    /// <summary>Letters, and now and then a byte that is not UTF-8 or ends a text of C.</summary>
    public void Text(int count)
    {
        for (; count > 0; count--) U8(_chance.OneIn(40) ? _chance.Of([0, 0xff, 0xc3, '\n']) : 'a' + _chance.Below(26));
    }

    public void Zeros(int count)
    {
        _bytes.AsSpan(Length, count).Clear();
        Length += count;
    }

    /// <summary>What was written from <paramref name="start"/> on has to be in one piece: a reader turns to a new page for it where it must.</summary>
    public void EndPiece(int start)
    {
        if (Length > _pageStart + PageBytes) _pageStart = start;
        if (Length == _pageStart + PageBytes) _pageStart = Length;
    }

    /// <summary>Bytes of a packet: often none, often what ends with the page, now and then all that a page holds.</summary>
    /// <param name="overhead">Bytes in front of the packet's and behind them.</param>
    public int PacketBytes(int overhead)
    {
        var most = Math.Min(PageBytes - overhead, Room / 2);
        var bytes = _chance.Below(8) switch
        {
            0 => 0,
            1 or 2 or 3 => LeftOfPage - overhead,
            4 => most,
            5 => _chance.Below(most + 1),
            _ => _chance.Below(Math.Min(most, 40) + 1),
        };
        return Math.Clamp(bytes, 0, most);
    }

    private static byte[] MakePattern()
    {
        var fixedChoice = new Chance(0);
        var pattern = new byte[MostBytes * 2];
        for (var i = 0; i < pattern.Length; i++) pattern[i] = (byte)fixedChoice.Next();
        return pattern;
    }
}
