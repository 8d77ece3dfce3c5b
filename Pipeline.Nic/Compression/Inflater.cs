using System.Buffers.Binary;

namespace Pipeline.Nic.Compression;

/// <summary>
/// Decodes a deflate stream (RFC 1951) as its bytes come in. It takes exactly the stream's bytes, so that what follows is found. For one
/// thread.
/// </summary>
internal sealed class Inflater
{
    /// <summary>How far back a match may point.</summary>
    public const int Reach = 32 * 1024;

    private const int MostMatch = 258;
    private const int EndOfBlock = 256;

    // A match takes at most 48 bits: two codes of 15, and 5 and 13 further bits.
    private const int MatchBits = 48;

    private readonly DeflateCodes _codes = new();
    private Step _step;
    private bool _isLast;
    private int _storedLeft;
    private ulong _bits;
    private int _bitCount;

    private enum Step
    {
        BlockStart,
        Stored,
        Coded,
        Done,
    }

    /// <summary>What has been decoded.</summary>
    public DecodedBytes Decoded { get; } = new(Reach, 3 * Reach);

    public void Start()
    {
        Decoded.Clear();
        (_step, _isLast, _bits, _bitCount) = (Step.BlockStart, false, 0, 0);
    }

    /// <summary>Decodes until the input or the room in <see cref="Decoded"/> is used up, or the stream ends.</summary>
    /// <returns>Whether the stream has ended.</returns>
    /// <exception cref="BrokenDataException">It is no deflate stream from here on.</exception>
    public bool Decode(ReadOnlySpan<byte> input, ref int at)
    {
        var bits = new BitReader(input, at, _bits, _bitCount);
        try
        {
            while (_step != Step.Done && Continue(ref bits))
            {
            }
        }
        finally
        {
            bits.ReturnBytes();
            (at, _bits, _bitCount) = (bits.At, bits.Bits, bits.Count);
        }

        return _step == Step.Done;
    }

    private bool Continue(ref BitReader bits)
    {
        switch (_step)
        {
            case Step.BlockStart:
                var start = bits;
                if (StartBlock(ref bits)) return true;
                bits = start;
                return false;
            case Step.Stored:
                return CopyStored(ref bits);
            default:
                DecodeQuickly(ref bits);
                return DecodeOne(ref bits);
        }
    }

    private bool StartBlock(ref BitReader bits)
    {
        if (!bits.Has(3)) return false;
        var isLast = bits.Take(1) != 0;
        switch (bits.Take(2))
        {
            case 0:
                bits.AlignToByte();
                if (!bits.Has(32)) return false;
                _storedLeft = bits.Take(16);
                if (bits.Take(16) != (_storedLeft ^ 0xffff))
                    throw new BrokenDataException("the deflate data is corrupt: the two lengths of a stored block disagree");
                _step = Step.Stored;
                break;
            case 1:
                _codes.UseFixed();
                _step = Step.Coded;
                break;
            case 2:
                if (!_codes.TryRead(ref bits)) return false;
                _step = Step.Coded;
                break;
            default:
                throw new BrokenDataException("the deflate data is corrupt: a block is of type 3; expected 0, 1 or 2");
        }

        _isLast = isLast;
        return true;
    }

    private bool CopyStored(ref BitReader bits)
    {
        bits.ReturnBytes();
        var memory = Decoded.Memory;
        var count = Math.Min(_storedLeft, Math.Min(bits.Input.Length - bits.At, memory.Length - Decoded.End));
        bits.Input.Slice(bits.At, count).CopyTo(memory.AsSpan(Decoded.End));
        bits.At += count;
        Decoded.End += count;
        _storedLeft -= count;
        if (_storedLeft > 0) return false;
        EndBlock();
        return true;
    }

    private void EndBlock() => _step = _isLast ? Step.Done : Step.BlockStart;

    /// <summary>Decodes while there are so many bytes and so much room that neither needs to be asked for.</summary>
    private void DecodeQuickly(ref BitReader reader)
    {
        var input = reader.Input;
        var memory = Decoded.Memory;
        int at = reader.At, count = reader.Count, end = Decoded.End;
        int lastAt = input.Length - sizeof(ulong), lastEnd = memory.Length - MostMatch;
        var bits = reader.Bits;
        var literals = _codes.Literals;
        while (at <= lastAt && end <= lastEnd && _step == Step.Coded)
        {
            // As many whole bytes as fit into 64 bits. Those that fit in part are read again later, and are the same then.
            bits |= BinaryPrimitives.ReadUInt64LittleEndian(input[at..]) << count;
            at += (63 - count) >> 3;
            count |= 56;
            while (count >= MatchBits)
            {
                var symbol = literals.Find(bits, out var length);
                if (symbol is < 0 or >= EndOfBlock)
                {
                    // What has been decoded is given out even if this is corrupt.
                    (reader.At, Decoded.End) = (at, end);
                    end = FinishSymbol(symbol, length, ref bits, ref count, end);
                    break;
                }

                bits >>= length;
                count -= length;
                memory[end++] = (byte)symbol;
                if (end > lastEnd) break;
            }
        }

        (reader.At, reader.Count, Decoded.End) = (at, count, end);
        reader.Bits = bits & ((1UL << count) - 1);
    }

    private int FinishSymbol(int symbol, int length, ref ulong bits, ref int count, int end)
    {
        var match = _codes.ReadMatch(symbol, length, bits, out var used);
        bits >>= used;
        count -= used;
        if (match.Length == 0) EndBlock();
        else end = Repeat(match, end);
        return end;
    }

    /// <summary>Decodes one symbol out of the last bytes that there are, if it is whole and there is room.</summary>
    private bool DecodeOne(ref BitReader bits)
    {
        if (_step != Step.Coded) return true;
        if (Decoded.Memory.Length - Decoded.End < MostMatch) return false;
        bits.Has(MatchBits);
        var symbol = _codes.Literals.Find(bits.Bits, out var used);
        if (symbol is >= 0 and < EndOfBlock)
        {
            if (used > bits.Count) return false;
            Decoded.Memory[Decoded.End++] = (byte)symbol;
            bits.Take(used);
            return true;
        }

        // Bits that are not there read as 0. What they seem to say counts only if all of it is there.
        if (bits.Count < MatchBits && !_codes.IsWhole(symbol, used, bits.Bits, bits.Count)) return false;
        var match = _codes.ReadMatch(symbol, used, bits.Bits, out used);
        bits.Take(used);
        if (match.Length == 0) EndBlock();
        else Decoded.End = Repeat(match, Decoded.End);
        return true;
    }

    private int Repeat(Match match, int end)
    {
        var (length, distance) = match;
        if (distance > end)
            throw new BrokenDataException($"the deflate data is corrupt: a match points {distance} bytes back, and there are {end}");
        var memory = Decoded.Memory;
        if (distance >= length) memory.AsSpan(end - distance, length).CopyTo(memory.AsSpan(end));
        else if (distance == 1) memory.AsSpan(end, length).Fill(memory[end - 1]);
        else Overlap(memory.AsSpan(end - distance, distance + length), distance);
        return end + length;
    }

    private static void Overlap(Span<byte> bytes, int distance)
    {
        for (var i = distance; i < bytes.Length; i++) bytes[i] = bytes[i - distance];
    }
}
