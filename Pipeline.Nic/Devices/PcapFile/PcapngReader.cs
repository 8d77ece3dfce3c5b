using System.Runtime.CompilerServices;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Pcapng;

namespace Pipeline.Nic.Devices.PcapFile;

/// <summary>
/// Finds packets in the blocks of a pcapng file. A packet is given out when its whole block is there and the block's two lengths
/// agree. Blocks that a copy of the capture keeps are gathered. All others are skipped without being held, whatever their length.
/// </summary>
/// <remarks>Section lengths are not trusted: blocks are followed one by one.</remarks>
internal sealed unsafe class PcapngReader : CaptureFormat
{
    private readonly PcapngSection _section;
    private readonly MetadataReader _metadata;
    private GatheredBlock? _gathered;
    private bool _orderChanged;
    private int _needed;
    private long _skippedPosition;
    private uint _skippedType;
    private uint _skippedLength;

    public PcapngReader(CapturePages pages, InterfaceList interfaces, CaptureMetadata metadata)
        : base(pages)
    {
        _section = new PcapngSection(interfaces, metadata);
        _metadata = new MetadataReader(metadata, _section);
    }

    public override bool MayAddInterfaces => true;

    public override ParsedRun Parse(Span<Packet> room, NicInterface? only)
    {
        var run = default(ParsedRun);
        do
        {
            _needed = 0;
            _orderChanged = false;
            var rest = room[run.Packets..];
            var part = _section.IsBigEndian ? ParseSection<BigEndian>(rest, only) : ParseSection<LittleEndian>(rest, only);
            run = new ParsedRun(run.Packets + part.Packets, run.Bytes + part.Bytes, _needed);
            if (part.Packets > 0) only = Interface;
        }
        while (_orderChanged);

        return run;
    }

    public override CaptureFormatException? EndFault()
    {
        if (_skippedLength != 0) return FaultAt(_skippedPosition, BreaksOff(_skippedType, _skippedLength));
        var left = Pages.Left;
        if (left == 0) return null;
        if (left < PcapngBlock.SmallestBytes)
            return FaultAt(Pages.Position, $"the capture breaks off in a block header: {left} of 12 bytes are there");
        return FaultAt(Pages.Position, $"{BreaksOff(U32(Pages.At), U32(Pages.At + PcapngBlock.LengthAt))}: {left} are there");
    }

    private uint U32(byte* at) => _section.IsBigEndian ? BigEndian.U32(at) : LittleEndian.U32(at);

    private ParsedRun ParseSection<TOrder>(Span<Packet> room, NicInterface? only)
        where TOrder : struct, IByteOrder
    {
        var count = 0;
        long bytes = 0;
        while (_skippedLength == 0 || EndSkipped<TOrder>())
        {
            if (!Has(PcapngBlock.SmallestBytes)) break;
            var block = Pages.At;
            var type = TOrder.U32(block);
            if (!PcapngBlock.IsPacket(type))
            {
                if (ReadOther<TOrder>(block, type)) continue;
                break;
            }

            if (count == room.Length || !IsThere<TOrder>(block, type, PcapngBlock.LeastBytes(type), out var length)) break;
            ref var packet = ref room[count];
            var nic = type == PcapngBlock.SimplePacket
                ? ReadSimple<TOrder>(block, length, ref packet)
                : ReadPacket<TOrder>(block, type, length, ref packet);
            if (nic is null || (!ReferenceEquals(only, nic) && only is not null)) break;
            if (only is null) Interface = only = nic;
            bytes += packet.CapturedLength;
            count++;
            Pages.At = block + length;
            if (type == PcapngBlock.EnhancedPacket)
                count += ParsePlain<TOrder>(room[count..], TOrder.U32(block + PcapngBlock.InterfaceAt), ref bytes);
        }

        return new ParsedRun(count, bytes, _needed);
    }

    /// <summary>
    /// The fast path for the blocks that most files are made of: enhanced packet blocks of one interface, whole and sound. It stops before
    /// any other block and leaves it to the slow path.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // as for pcap
    private int ParsePlain<TOrder>(Span<Packet> room, uint index, ref long bytes)
        where TOrder : struct, IByteOrder
    {
        const int FixedBytes = PcapngBlock.DataAt + PcapngBlock.TrailerBytes;
        byte* at = Pages.At, end = Pages.End;
        var page = Pages.Filled;
        var of = _section.Find(index)!;
        var most = of.MostCaptured;
        var count = 0;
        for (; count < room.Length && end - at >= FixedBytes; count++)
        {
            uint length = TOrder.U32(at + PcapngBlock.LengthAt), captured = TOrder.U32(at + PcapngBlock.CapturedAt);
            if (TOrder.U32(at) != PcapngBlock.EnhancedPacket || TOrder.U32(at + PcapngBlock.InterfaceAt) != index) break;
            if (length < FixedBytes || length > end - at || (length & 3) != 0) break;
            if (captured > length - FixedBytes || captured > most || TOrder.U32(at + length - PcapngBlock.TrailerBytes) != length) break;
            Fill<TOrder>(at, page, of, length, out room[count]);
            bytes += captured;
            at += length;
        }

        Pages.At = at;
        return count;
    }

    /// <summary>Describes the packet of an enhanced or an obsolete packet block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fill<TOrder>(byte* block, FilledPage page, PcapngInterface of, uint length, out Packet packet)
        where TOrder : struct, IByteOrder
    {
        const uint FixedBytes = PcapngBlock.DataAt + PcapngBlock.TrailerBytes;
        ulong high = TOrder.U32(block + PcapngBlock.TimeHighAt), low = TOrder.U32(block + PcapngBlock.TimeLowAt);
        uint captured = TOrder.U32(block + PcapngBlock.CapturedAt), wire = TOrder.U32(block + PcapngBlock.WireAt);
        var time = of.Time.ToNanoseconds((high << 32) | low);
        // Options follow the packet and its padding. Times beyond the range were clamped to its two ends.
        var saysMore = (length - FixedBytes - captured >= PcapngOptions.HeadBytes) | (unchecked(time + 1) <= long.MinValue + 1);
        var flags = saysMore ? PacketFlags.InBlock : PacketFlags.None;
        page.Describe(out packet, time, block + PcapngBlock.DataAt, captured, wire, flags);
    }

    private bool Has(int bytes)
    {
        if (Pages.Left >= bytes) return true;
        _needed = bytes;
        return false;
    }

    /// <summary>Whether a block that must be in one piece is in one piece, and its two lengths are sound.</summary>
    private bool IsThere<TOrder>(byte* block, uint type, int least, out int length)
        where TOrder : struct, IByteOrder
    {
        var stated = TOrder.U32(block + PcapngBlock.LengthAt);
        length = (int)stated;
        if (!IsSound(block, type, stated, least)) return false;
        // The bytes that have been read lie in one page, so only a block that is not there whole can be too large for a page.
        if (stated > Pages.Left && stated > Pages.PageSize) return RefuseLength(block, type, stated);
        return Has(length) && TrailerAgrees<TOrder>(block + length - PcapngBlock.TrailerBytes, stated);
    }

    private bool IsSound(byte* block, uint type, uint length, int least)
    {
        if (length >= least && (length & 3) == 0) return true;
        var expected = length < least ? $"at least {least}" : "a multiple of 4";
        return Refuse(block, PcapngBlock.LengthAt, $"{PcapngBlock.ArticleOf(type)} {PcapngBlock.NameOf(type)} says that it has {length} "
            + $"bytes; expected {expected}");
    }

    private bool RefuseLength(byte* block, uint type, uint length)
    {
        var what = length > PcapngBlock.MostBytes
            ? $"{PcapngBlock.ArticleOf(type)} {PcapngBlock.NameOf(type)} says that it has {length} bytes; expected at most "
                + $"{PcapngBlock.MostBytes}"
            : $"{PcapngBlock.ArticleOf(type)} {PcapngBlock.NameOf(type)} of {length} bytes does not fit into a page of {Pages.PageSize} "
                + "bytes; use larger pages";
        return Refuse(block, PcapngBlock.LengthAt, what);
    }

    private bool TrailerAgrees<TOrder>(byte* trailer, uint length)
        where TOrder : struct, IByteOrder
    {
        var repeated = TOrder.U32(trailer);
        return repeated == length
            || Refuse(trailer, 0, $"a block's length is repeated as {repeated} at its end, and is {length} at its start");
    }

    private NicInterface? ReadPacket<TOrder>(byte* block, uint type, int length, ref Packet packet)
        where TOrder : struct, IByteOrder
    {
        var at = block + PcapngBlock.InterfaceAt;
        var index = type == PcapngBlock.EnhancedPacket ? TOrder.U32(at) : TOrder.U16(at);
        if (_section.Find(index) is not { } of) return RefusePacket(block, PcapngBlock.InterfaceAt, _section.Unknown(index));
        var captured = TOrder.U32(block + PcapngBlock.CapturedAt);
        if (captured > of.MostCaptured)
            return RefusePacket(block, PcapngBlock.CapturedAt, CaptureLimits.Refusal(captured, of.Nic.LinkType, Pages.PageSize));
        var room = length - PcapngBlock.DataAt - PcapngBlock.TrailerBytes;
        if (captured > room)
            return RefusePacket(block, PcapngBlock.CapturedAt, $"a packet has {captured} captured bytes; its block has room for {room}");
        Fill<TOrder>(block, Pages.Filled, of, (uint)length, out packet);
        // Its count of drops lies before the packet. An enhanced block has an option for it.
        if (type == PcapngBlock.ObsoletePacket) packet.Flags |= PacketFlags.InBlock;
        return of.Nic;
    }

    private NicInterface? ReadSimple<TOrder>(byte* block, int length, ref Packet packet)
        where TOrder : struct, IByteOrder
    {
        if (_section.Find(0) is not { } of) return RefusePacket(block, 0, _section.Unknown(0));
        var wire = TOrder.U32(block + PcapngBlock.SimpleWireAt);
        // The block does not say how much was captured. It is all of the packet up to the interface's snap length (draft, 4.4).
        var captured = of.Nic.SnapLength == 0 ? wire : Math.Min(wire, of.Nic.SnapLength);
        var room = (uint)(length - PcapngBlock.SimpleDataAt - PcapngBlock.TrailerBytes);
        if (captured > room)
        {
            var limit = captured < wire ? $", of which the interface's snap length keeps {captured}" : "";
            return RefusePacket(
                block, PcapngBlock.SimpleWireAt, $"a packet had {wire} bytes on the wire{limit}; its block has room for {room}");
        }

        if (captured > of.MostCaptured)
            return RefusePacket(block, PcapngBlock.SimpleWireAt, CaptureLimits.Refusal(captured, of.Nic.LinkType, Pages.PageSize));
        Pages.Filled.Describe(out packet, 0, block + PcapngBlock.SimpleDataAt, captured, wire, PacketFlags.NoTimestamp);
        return of.Nic;
    }

    /// <returns>Whether to go on. False when bytes are missing, when something is wrong, and when the byte order changes here.</returns>
    private bool ReadOther<TOrder>(byte* block, uint type)
        where TOrder : struct, IByteOrder
    {
        if (type == PcapngBlock.SectionHeader) return ReadSection(block);
        if (type != PcapngBlock.InterfaceDescription)
        {
            var length = TOrder.U32(block + PcapngBlock.LengthAt);
            return IsSound(block, type, length, PcapngBlock.SmallestBytes) && StartPassing(block, type, length);
        }

        if (!IsThere<TOrder>(block, type, PcapngBlock.LeastBytes(type), out var whole)) return false;
        if (_section.Add<TOrder>(block, whole, Pages, out var fault)) Pages.At = block + whole;
        else return Refuse(block, fault.At, fault.What);
        return true;
    }

    private bool ReadSection(byte* block)
    {
        if (!Has(PcapngBlock.SectionOptionsAt)) return false;
        var wasBigEndian = _section.IsBigEndian;
        if (_section.Start(block) is { } fault) return Refuse(block, fault.At, fault.What);
        _orderChanged = _section.IsBigEndian != wasBigEndian;
        var length = U32(block + PcapngBlock.LengthAt);
        return IsSound(block, PcapngBlock.SectionHeader, length, PcapngBlock.LeastBytes(PcapngBlock.SectionHeader))
            && StartPassing(block, PcapngBlock.SectionHeader, length)
            && !_orderChanged;
    }

    private bool StartPassing(byte* block, uint type, uint length)
    {
        (_skippedPosition, _skippedType, _skippedLength) = (Pages.PositionOf(block), type, length);
        if (_metadata.Wants(type, length)) _gathered = new GatheredBlock((int)length - PcapngBlock.TrailerBytes);
        else Pages.Skip(length - PcapngBlock.TrailerBytes);
        return true;
    }

    private bool Gather(GatheredBlock gathered)
    {
        var here = (int)Math.Min(Pages.Left, gathered.Missing);
        gathered.Add(new ReadOnlySpan<byte>(Pages.At, here));
        Pages.At += here;
        return gathered.Missing == 0 || Has(1);
    }

    private bool EndSkipped<TOrder>()
        where TOrder : struct, IByteOrder
    {
        if (_gathered is not null && !Gather(_gathered)) return false;
        if (!Has(PcapngBlock.TrailerBytes) || !TrailerAgrees<TOrder>(Pages.At, _skippedLength)) return false;
        Pages.At += PcapngBlock.TrailerBytes;
        _skippedLength = 0;
        if (_gathered is null) return true;
        _metadata.Take(_skippedType, _gathered.Bytes, typeof(TOrder) == typeof(BigEndian));
        _gathered = null;
        return true;
    }

    private static string BreaksOff(uint type, uint length) => type is PcapngBlock.SectionHeader
        ? "the capture breaks off in a section header block"
        : $"the capture breaks off in {PcapngBlock.ArticleOf(type)} {PcapngBlock.NameOf(type)} of {length} bytes";

    private bool Refuse(byte* block, int at, string what)
    {
        Fault = FaultAt(Pages.PositionOf(block + at), what);
        _orderChanged = false;
        return false;
    }

    private NicInterface? RefusePacket(byte* block, int at, string what)
    {
        Refuse(block, at, what);
        return null;
    }
}
