using System.Numerics;
using System.Runtime.InteropServices;

namespace Pipeline.Nic.Links;

/// <summary>
/// Reads what a receiver sends: pings and acknowledgements, in pieces of any size. It checks everything, because the bytes can be anything.
/// For the thread of the sender.
/// </summary>
/// <param name="lanes">By instance; null where there is none.</param>
/// <param name="epoch">The link's.</param>
/// <param name="counters">The sender's.</param>
internal sealed class AcknowledgementReader(LinkLane?[] lanes, long epoch, LinkCounters counters)
{
    private long _number;

    /// <summary>Bytes of credit that came back with all frames so far.</summary>
    public long Freed { get; private set; }

    /// <summary>Reads the frames that are there whole.</summary>
    /// <param name="bytes">From the beginning of a frame on.</param>
    /// <param name="refusal">Why the last one was refused; none where it was not.</param>
    /// <returns>Bytes of the frames that were read.</returns>
    public int Read(ReadOnlySpan<byte> bytes, out LinkRefusal refusal)
    {
        var read = 0;
        refusal = LinkRefusal.None;
        while (bytes.Length - read >= LinkLayout.HeaderBytes)
        {
            var rest = bytes[read..];
            var length = FrameHeader.Read(rest).Length;
            if (length is < LinkLayout.HeaderBytes or > LinkLayout.MostAcknowledgementBytes) refusal = LinkRefusal.Length;
            else if (length > rest.Length) break;
            else refusal = Take(rest[..length]);
            if (refusal != LinkRefusal.None) break;
            read += length;
        }

        return read;
    }

    private LinkRefusal Take(ReadOnlySpan<byte> frame)
    {
        var header = FrameHeader.Read(frame);
        var refusal = header.Check(epoch, _number);
        if (refusal != LinkRefusal.None) return refusal;
        _number++;
        var body = frame[LinkLayout.HeaderBytes..];
        return header.Kind switch
        {
            FrameKind.Ping => body.IsEmpty && header.Items == 0 ? LinkRefusal.None : LinkRefusal.Items,
            FrameKind.Acknowledgements => TakeRows(body, header.Items),
            _ => LinkRefusal.Kind,
        };
    }

    private LinkRefusal TakeRows(ReadOnlySpan<byte> body, int rows)
    {
        counters.Acknowledgements++;
        if (rows <= 0) return LinkRefusal.Items;
        for (; rows > 0; rows--)
        {
            if (body.Length < LinkLayout.RowBytes) return LinkRefusal.Items;
            var refusal = TakeRow(ref body);
            if (refusal != LinkRefusal.None) return refusal;
        }

        return body.IsEmpty ? LinkRefusal.None : LinkRefusal.Items;
    }

    private LinkRefusal TakeRow(ref ReadOnlySpan<byte> body)
    {
        var instance = MemoryMarshal.Read<uint>(body);
        var outcomes = MemoryMarshal.Read<uint>(body[4..]);
        var sequence = MemoryMarshal.Read<long>(body[8..]);
        body = body[LinkLayout.RowBytes..];
        if (instance >= lanes.Length || lanes[instance] is not { } lane) return LinkRefusal.Instance;
        if (outcomes >> LinkLayout.Outcomes != 0) return LinkRefusal.Reserved;
        if (body.Length < BitOperations.PopCount(outcomes) * LinkLayout.OutcomeBytes) return LinkRefusal.Items;
        if (!lane.TryAcknowledge(sequence, out var freed)) return LinkRefusal.Acknowledgement;
        Freed += freed;
        for (; outcomes != 0; outcomes &= outcomes - 1)
        {
            var (packets, bytes) = (MemoryMarshal.Read<long>(body), MemoryMarshal.Read<long>(body[8..]));
            body = body[LinkLayout.OutcomeBytes..];
            if (!lane.TrySettle(BitOperations.TrailingZeroCount(outcomes), packets, bytes)) return LinkRefusal.Outcome;
        }

        return LinkRefusal.None;
    }
}
