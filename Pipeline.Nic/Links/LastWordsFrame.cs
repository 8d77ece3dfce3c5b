using System.Buffers.Binary;
using System.Numerics;
using Pipeline.Nic.Accounts;

namespace Pipeline.Nic.Links;

/// <summary>
/// The frame of last words: how it is written, and how it is read from a peer that can send anything. It is a part of the greeting, and so
/// its number is 0.
/// </summary>
internal static class LastWordsFrame
{
    private const int Number = 0;

    /// <param name="words">Null where nothing is known of an earlier link.</param>
    /// <param name="hello">Of the link that begins.</param>
    /// <exception cref="ArgumentException">They are about other nodes, or not about an earlier link.</exception>
    public static byte[] Write(LinkLastWords? words, LinkHello hello)
    {
        if (words is null) return Headed(new byte[LinkLayout.HeaderBytes], hello, 0);
        if (words.SenderUid != hello.SenderUid || words.ReceiverUid != hello.ReceiverUid || words.Epoch >= hello.Epoch)
        {
            throw new ArgumentException(
                $"the last words are those of node {words.ReceiverUid} about link {words.Epoch} from node {words.SenderUid}; expected node "
                + $"{hello.ReceiverUid}, a link before {hello.Epoch}, and node {hello.SenderUid}", nameof(words));
        }

        var frame = new byte[LinkLayout.MostLastWordsBytes];
        var at = LinkLayout.HeaderBytes;
        BinaryPrimitives.WriteInt64LittleEndian(frame.AsSpan(at), words.Epoch);
        BinaryPrimitives.WriteUInt32LittleEndian(frame.AsSpan(at + 8), words.IsSettled ? LinkLayout.Settled : 0);
        at += LinkLayout.LastWordsBytes;
        foreach (var row in words.Rows) at += Write(row, frame.AsSpan(at));
        return Headed(frame[..at], hello, words.Rows.Count);
    }

    /// <summary>Reads the frame, all of which must be there soon.</summary>
    /// <param name="stream">The next byte is the frame's first.</param>
    /// <param name="hello">Of the link that begins.</param>
    /// <returns>Null where the other end knows of no earlier link.</returns>
    /// <exception cref="LinkRefusedException">They are malformed, or the other end closed the connection.</exception>
    public static LinkLastWords? Read(Stream stream, LinkHello hello)
    {
        var refusal = LinkRefusal.Length;
        var head = new byte[LinkLayout.HeaderBytes];
        try
        {
            stream.ReadExactly(head);
            var length = FrameHeader.Read(head).Length;
            if (length >= LinkLayout.HeaderBytes && length <= LinkLayout.MostLastWordsBytes)
            {
                var frame = new byte[length];
                head.CopyTo(frame, 0);
                stream.ReadExactly(frame.AsSpan(LinkLayout.HeaderBytes));
                refusal = Parse(frame, hello, out var words);
                if (refusal == LinkRefusal.None) return words;
            }
        }
        catch (EndOfStreamException)
        {
            throw new LinkRefusedException("the other end closed the connection before its last words were over");
        }

        throw new LinkRefusedException($"the other end's last words are malformed: {refusal}");
    }

    /// <summary>Reads a frame that is there whole; its bytes can be anything.</summary>
    /// <param name="frame">As long as its header says.</param>
    /// <param name="hello">Of the link that begins.</param>
    /// <param name="words">Null where they are refused, and where the other end knows of no earlier link.</param>
    public static LinkRefusal Parse(ReadOnlySpan<byte> frame, LinkHello hello, out LinkLastWords? words)
    {
        words = null;
        var header = FrameHeader.Read(frame);
        var refusal = header.Check(hello.Epoch, Number - 1);
        if (refusal != LinkRefusal.None) return refusal;
        if (header.Kind != FrameKind.LastWords) return LinkRefusal.Kind;
        var body = frame[LinkLayout.HeaderBytes..];
        if (body.IsEmpty) return header.Items == 0 ? LinkRefusal.None : LinkRefusal.Items;
        if (body.Length < LinkLayout.LastWordsBytes) return LinkRefusal.Length;
        var most = (body.Length - LinkLayout.LastWordsBytes) / LinkLayout.LastRowBytes;
        if (header.Items < 0 || header.Items > most) return LinkRefusal.Items;
        var (epoch, flags) = (BinaryPrimitives.ReadInt64LittleEndian(body), BinaryPrimitives.ReadUInt64LittleEndian(body[8..]));
        if (epoch >= hello.Epoch) return LinkRefusal.Epoch;
        if (flags > LinkLayout.Settled) return LinkRefusal.Reserved;
        refusal = ParseRows(body[LinkLayout.LastWordsBytes..], header.Items, out var rows);
        if (refusal != LinkRefusal.None) return refusal;
        words = new LinkLastWords(hello.SenderUid, hello.ReceiverUid, epoch, flags == LinkLayout.Settled, rows);
        return LinkRefusal.None;
    }

    private static LinkRefusal ParseRows(ReadOnlySpan<byte> body, int count, out LastWordsRow[] rows)
    {
        rows = new LastWordsRow[count];
        for (var (i, last) = (0, -1); i < count; i++)
        {
            var refusal = ParseRow(ref body, last, out rows[i]);
            if (refusal != LinkRefusal.None) return refusal;
            last = rows[i].Instance;
        }

        return body.IsEmpty ? LinkRefusal.None : LinkRefusal.Items;
    }

    private static LinkRefusal ParseRow(ref ReadOnlySpan<byte> body, int last, out LastWordsRow row)
    {
        row = new LastWordsRow(0, 0, 0, new PacketTally[LinkLayout.Outcomes]);
        if (body.Length < LinkLayout.LastRowBytes) return LinkRefusal.Items;
        var instance = BinaryPrimitives.ReadInt32LittleEndian(body);
        var outcomes = BinaryPrimitives.ReadUInt32LittleEndian(body[4..]);
        var sequence = BinaryPrimitives.ReadInt64LittleEndian(body[8..]);
        var packets = BinaryPrimitives.ReadInt32LittleEndian(body[16..]);
        if (instance <= last || instance >= LinkLayout.MostInstances) return LinkRefusal.Instance;
        if (outcomes >> LinkLayout.Outcomes != 0 || BinaryPrimitives.ReadUInt32LittleEndian(body[20..]) != 0) return LinkRefusal.Reserved;
        if (sequence < 0 || packets < 0) return LinkRefusal.Acknowledgement;
        row = row with { Instance = instance, Sequence = sequence, Packets = packets };
        body = body[LinkLayout.LastRowBytes..];
        if (body.Length < BitOperations.PopCount(outcomes) * LinkLayout.OutcomeBytes) return LinkRefusal.Items;
        for (; outcomes != 0; outcomes &= outcomes - 1, body = body[LinkLayout.OutcomeBytes..])
        {
            var tally = new PacketTally(BinaryPrimitives.ReadInt64LittleEndian(body), BinaryPrimitives.ReadInt64LittleEndian(body[8..]));
            if (tally.Packets < 0 || tally.Bytes < 0) return LinkRefusal.Outcome;
            row.Outcomes[BitOperations.TrailingZeroCount(outcomes)] = tally;
        }

        return LinkRefusal.None;
    }

    private static int Write(LastWordsRow row, Span<byte> to)
    {
        var (outcomes, length) = (0u, LinkLayout.LastRowBytes);
        foreach (var (outcome, tally) in row.Outcomes.Index())
        {
            if (tally == default) continue;
            outcomes |= 1u << outcome;
            BinaryPrimitives.WriteInt64LittleEndian(to[length..], tally.Packets);
            BinaryPrimitives.WriteInt64LittleEndian(to[(length + 8)..], tally.Bytes);
            length += LinkLayout.OutcomeBytes;
        }

        BinaryPrimitives.WriteInt32LittleEndian(to, row.Instance);
        BinaryPrimitives.WriteUInt32LittleEndian(to[4..], outcomes);
        BinaryPrimitives.WriteInt64LittleEndian(to[8..], row.Sequence);
        BinaryPrimitives.WriteInt32LittleEndian(to[16..], row.Packets);
        return length;
    }

    private static byte[] Headed(byte[] frame, LinkHello hello, int rows)
    {
        FrameHeader.Write(frame, FrameKind.LastWords, Number, hello.Epoch, rows);
        return frame;
    }
}
