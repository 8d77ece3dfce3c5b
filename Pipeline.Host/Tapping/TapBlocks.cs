using System.Buffers.Binary;

namespace Pipeline.Host.Tapping;

/// <summary>
/// Reads a pcapng stream as a tap has it (draft-ietf-opsawg-pcapng; little-endian) block by block, so that what is written on always ends
/// with a whole one, and counts. For one thread at a time.
/// </summary>
internal sealed class TapBlocks(Stream from)
{
    private const uint SectionHeader = 0x0A0D0D0A, Statistics = 5, EnhancedPacket = 6;
    private const int LeastBytes = 12, MostBytes = 1 << 20;
    private const int StatisticsOptionsAt = 20;
    private const ushort IfDrop = 5;

    private readonly Dictionary<uint, long> _missed = [];
    private byte[] _buffer = new byte[1 << 18];
    private int _start;
    private int _end;
    private bool _hasBegun;

    public long Packets { get; private set; }

    /// <summary>The packets that the interfaces' statistics say were missed so far.</summary>
    public long Missed => _missed.Values.Sum();

    /// <summary>Whether the last block said what was missed, as at the end of a tap.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>One or more whole blocks, valid until the next call; empty at the end. What is cut off there is left out.</summary>
    /// <exception cref="InvalidDataException">These are no such blocks.</exception>
    /// <exception cref="IOException">The stream broke.</exception>
    public async ValueTask<ReadOnlyMemory<byte>> Next(CancellationToken stop)
    {
        while (true)
        {
            var whole = Whole();
            if (whole > 0)
            {
                _start += whole;
                return _buffer.AsMemory(_start - whole, whole);
            }

            MakeRoom();
            var read = await from.ReadAsync(_buffer.AsMemory(_end), stop);
            if (read == 0) return default;
            _end += read;
        }
    }

    /// <returns>The bytes of all blocks that are there whole.</returns>
    private int Whole()
    {
        var at = _start;
        while (_end - at >= LeastBytes)
        {
            var rest = _buffer.AsSpan(at, _end - at);
            var (type, length) = (BinaryPrimitives.ReadUInt32LittleEndian(rest), BinaryPrimitives.ReadUInt32LittleEndian(rest[4..]));
            if (length is < LeastBytes or > MostBytes || length % 4 != 0 || (!_hasBegun && type != SectionHeader))
                throw new InvalidDataException($"the node sends no pcapng: a block of {length} bytes of type {type}");
            _hasBegun = true;
            if (length > rest.Length) break;
            Count(type, rest[..(int)length]);
            at += (int)length;
        }

        return at - _start;
    }

    private void Count(uint type, ReadOnlySpan<byte> block)
    {
        IsComplete = type == Statistics;
        if (type == EnhancedPacket) Packets++;
        if (type != Statistics) return;
        if (block.Length < StatisticsOptionsAt + 4) return;
        var interfaceId = BinaryPrimitives.ReadUInt32LittleEndian(block[8..]);
        var options = block[StatisticsOptionsAt..^4];
        while (options.Length >= 4)
        {
            var (code, length) = (BinaryPrimitives.ReadUInt16LittleEndian(options), BinaryPrimitives.ReadUInt16LittleEndian(options[2..]));
            var padded = 4 + ((length + 3) & ~3);
            if (code == 0 || padded > options.Length) return;
            if (code == IfDrop && length == sizeof(long)) _missed[interfaceId] = BinaryPrimitives.ReadInt64LittleEndian(options[4..]);
            options = options[padded..];
        }
    }

    private void MakeRoom()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        if (_end == _buffer.Length) Array.Resize(ref _buffer, 2 * _buffer.Length);
    }
}
