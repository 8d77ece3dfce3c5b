using System.Runtime.CompilerServices;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Devices.PcapFile;

/// <summary>Finds packets in the records of a pcap file.</summary>
internal sealed unsafe class PcapReader<TOrder> : CaptureFormat
    where TOrder : struct, IByteOrder
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly PcapFormat _format;
    private readonly uint _mostCaptured;

    public PcapReader(PcapFormat format, NicInterface nicInterface, CapturePages pages)
        : base(pages)
    {
        _format = format;
        Interface = nicInterface;
        _mostCaptured = Math.Min(CaptureLimits.Of(format.LinkType), (uint)(pages.PageSize - format.RecordHeaderBytes));
    }

    public override bool MayAddInterfaces => false;

    // It is fully optimized at once. The code it inlines uses instructions that ahead-of-time code must not use, so it would otherwise run
    // unoptimized at first.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override ParsedRun Parse(Span<Packet> room, NicInterface? only)
    {
        byte* at = Pages.At, end = Pages.End;
        var page = Pages.Filled;
        var header = _format.RecordHeaderBytes;
        long fraction = _format.FractionNanoseconds, bytes = 0;
        var plain = _format.Order == PcapLengthOrder.CapturedFirst;
        int count = 0, needed = 0;
        for (; count < room.Length; count++)
        {
            needed = header;
            if (end - at < needed) break;
            uint captured = TOrder.U32(at + 8), wire = TOrder.U32(at + 12);
            if (!plain) Straighten(ref captured, ref wire);
            if (captured > _mostCaptured) return Refuse(at, captured, count, bytes);
            needed += (int)captured;
            if (end - at < needed) break;

            var time = (TOrder.U32(at) * NanosecondsPerSecond) + (TOrder.U32(at + 4) * fraction);
            page.Describe(out room[count], time, at + header, captured, wire);
            bytes += captured;
            at += needed;
        }

        Pages.At = at;
        return new ParsedRun(count, bytes, count == room.Length ? 0 : needed);
    }

    public override CaptureFormatException? EndFault()
    {
        var left = Pages.Left;
        var header = _format.RecordHeaderBytes;
        if (left == 0) return null;
        if (left < header)
            return FaultAt(Pages.Position, $"the capture breaks off in a record header: {left} of {header} bytes are there");
        uint captured = TOrder.U32(Pages.At + 8), wire = TOrder.U32(Pages.At + 12);
        Straighten(ref captured, ref wire);
        return FaultAt(Pages.Position, $"the capture breaks off in a packet: {left - header} of {captured} captured bytes are there");
    }

    private void Straighten(ref uint captured, ref uint wire)
    {
        var swap = _format.Order == PcapLengthOrder.WireFirst || (_format.Order == PcapLengthOrder.SmallerIsCaptured && captured > wire);
        if (swap) (captured, wire) = (wire, captured);
    }

    private ParsedRun Refuse(byte* at, uint captured, int count, long bytes)
    {
        Pages.At = at;
        Fault = FaultAt(Pages.Position + 8, CaptureLimits.Refusal(captured, _format.LinkType, Pages.PageSize));
        return new ParsedRun(count, bytes, 0);
    }
}
