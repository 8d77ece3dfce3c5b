using System.Buffers.Binary;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Pcapng;

namespace Pipeline.Nic.Devices.PcapFile;

/// <summary>
/// The enhanced or obsolete packet block around the bytes of a packet that is flagged <see cref="PacketFlags.InBlock"/>. The reader
/// has checked it. Its type shows its byte order.
/// </summary>
internal readonly ref struct PacketBlock
{
    /// <summary>The obsolete block's count of drops where nobody counted them.</summary>
    private const ushort NotCounted = 0xFFFF;

    private const int DropsAt = 10;
    private const int DropOptionBytes = PcapngOptions.HeadBytes + sizeof(ulong);

    private readonly ReadOnlySpan<byte> _block;
    private readonly bool _isBigEndian;

    /// <param name="pool">The pool that the packet lies in.</param>
    public PacketBlock(PagePool pool, in Packet packet)
    {
        var block = pool.Around(packet, HeadBytes(packet));
        _isBigEndian = block[0] == 0;
        _block = block[..(int)U32(block[PcapngBlock.LengthAt..])];
    }

    /// <summary>
    /// Bytes from the block's type to the packet's place: its first byte's place, or the place before it where the packet has no bytes
    /// (<see cref="FilledPage"/>).
    /// </summary>
    public static int HeadBytes(in Packet packet) => PcapngBlock.DataAt - (packet.CapturedLength == 0 ? 1 : 0);

    /// <summary>Bytes from its type to its second length.</summary>
    public int Length => _block.Length;

    public ReadOnlySpan<byte> Bytes => _block;

    /// <summary>The packet's time in units of its interface.</summary>
    public ulong Ticks => ((ulong)U32(_block[PcapngBlock.TimeHighAt..]) << 32) | U32(_block[PcapngBlock.TimeLowAt..]);

    /// <summary>The most that <see cref="CopyOptions"/> writes.</summary>
    public int MostOptionBytes => Options.Length + DropOptionBytes;

    private ReadOnlySpan<byte> Options
    {
        get
        {
            if (_block.IsEmpty) return default;
            var start = (long)PcapngBlock.DataAt + ((U32(_block[PcapngBlock.CapturedAt..]) + 3L) & ~3L);
            var end = _block.Length - PcapngBlock.TrailerBytes;
            return start < end ? _block[(int)start..end] : default;
        }
    }

    private bool IsObsolete => U32(_block) == PcapngBlock.ObsoletePacket;

    /// <summary>Copies the options that may be kept, as those of an enhanced packet block, little-endian, without an end.</summary>
    /// <returns>Bytes written.</returns>
    public int CopyOptions(Span<byte> to)
    {
        if (_block.IsEmpty) return 0;
        if (!IsObsolete) return PcapngOptions.Copy(Options, _isBigEndian, OptionValues.OfPacket, to);
        var written = PcapngOptions.Copy(Options, _isBigEndian, OptionValues.OfObsoletePacket, to);
        var drops = _isBigEndian
            ? BinaryPrimitives.ReadUInt16BigEndian(_block[DropsAt..])
            : BinaryPrimitives.ReadUInt16LittleEndian(_block[DropsAt..]);
        if (drops == NotCounted) return written;
        BinaryPrimitives.WriteUInt16LittleEndian(to[written..], PcapngBlock.OptionDropCount);
        BinaryPrimitives.WriteUInt16LittleEndian(to[(written + 2)..], sizeof(ulong));
        BinaryPrimitives.WriteUInt64LittleEndian(to[(written + PcapngOptions.HeadBytes)..], drops);
        return written + DropOptionBytes;
    }

    private uint U32(ReadOnlySpan<byte> at) => PcapngOptions.U32(at, _isBigEndian);
}
