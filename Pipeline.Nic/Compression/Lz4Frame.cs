using System.Buffers.Binary;
using System.IO.Hashing;

namespace Pipeline.Nic.Compression;

/// <summary>
/// An lz4 frame (LZ4 frame format 1.6, github.com/lz4/lz4, doc/lz4_Frame_format.md): blocks that are decoded when they are whole, at most
/// 4 MiB each.
/// </summary>
internal sealed class Lz4Frame : MemberDecoder
{
    private const int Reach = 64 * 1024;
    private const uint IsStored = 0x80000000;

    private readonly XxHash32 _checksum = new();
    private Step _step;
    private Lz4Header _header;
    private DecodedBytes? _decoded;
    private byte[] _block = [];
    private uint _blockSize;
    private int _blockRead;
    private ulong _size;

    private enum Step
    {
        Header,
        BlockSize,
        Block,
        Checksum,
    }

    public override string Name => "lz4 frame";

    public override string Part => _step switch
    {
        Step.Header => "header",
        Step.Checksum => "checksum",
        _ => "data",
    };

    // A checksum stands behind the block.
    private int BlockBytes => (int)(_blockSize & ~IsStored) + (_header.HasBlockChecksums ? sizeof(uint) : 0);

    public static bool Recognises(ReadOnlySpan<byte> start) =>
        start.Length >= sizeof(uint) && BinaryPrimitives.ReadUInt32LittleEndian(start) == Lz4Header.Magic;

    public override void Start()
    {
        (_step, _size) = (Step.Header, 0);
        _checksum.Reset();
        _decoded?.Clear();
    }

    public override bool Decode(ReadOnlySpan<byte> input, ref int at, Span<byte> output, ref int written)
    {
        while (true)
        {
            if (_decoded is { Pending: > 0 })
            {
                Give(output, ref written);
                return false;
            }

            switch (_step)
            {
                case Step.Header when ReadHeader(input, ref at):
                case Step.BlockSize when ReadBlockSize(input, ref at):
                case Step.Block when ReadBlock(input, ref at):
                    break;
                case Step.Checksum:
                    return ReadChecksum(input, ref at);
                default:
                    return false;
            }
        }
    }

    public override void Give(Span<byte> output, ref int written) => _decoded?.Give(output, ref written);

    private bool ReadHeader(ReadOnlySpan<byte> input, ref int at)
    {
        if (!Lz4Header.TryRead(input[at..], out _header)) return false;
        at += _header.Bytes;
        var block = _header.MostBlock + sizeof(uint);
        if (_block.Length < block)
        {
            _block = new byte[block];
            _decoded = new DecodedBytes(Reach, Math.Max(_header.MostBlock, Reach));
        }

        _step = Step.BlockSize;
        return true;
    }

    private bool ReadBlockSize(ReadOnlySpan<byte> input, ref int at)
    {
        if (input.Length - at < sizeof(uint)) return false;
        _blockSize = BinaryPrimitives.ReadUInt32LittleEndian(input[at..]);
        var bytes = _blockSize & ~IsStored;
        if (bytes > _header.MostBlock)
            throw new BrokenDataException($"an lz4 block has {bytes} bytes; expected at most {_header.MostBlock}, as its frame says");
        at += sizeof(uint);
        _blockRead = 0;
        _step = _blockSize == 0 ? Step.Checksum : Step.Block;
        return true;
    }

    private bool ReadBlock(ReadOnlySpan<byte> input, ref int at)
    {
        var here = Math.Min(BlockBytes - _blockRead, input.Length - at);
        input.Slice(at, here).CopyTo(_block.AsSpan(_blockRead));
        at += here;
        _blockRead += here;
        if (_blockRead < BlockBytes) return false;
        _step = Step.BlockSize;
        DecodeBlock(_block.AsSpan(0, (int)(_blockSize & ~IsStored)));
        return true;
    }

    private void DecodeBlock(ReadOnlySpan<byte> block)
    {
        if (_header.HasBlockChecksums
            && BinaryPrimitives.ReadUInt32LittleEndian(_block.AsSpan(block.Length)) != XxHash32.HashToUInt32(block))
        {
            throw new BrokenDataException("the checksum of an lz4 block does not match");
        }

        var decoded = _decoded!;
        decoded.MakeRoom(_header.MostBlock);
        var start = decoded.End;
        var end = start;
        try
        {
            if ((_blockSize & IsStored) == 0)
            {
                var first = _header.IsLinked ? Math.Max(0, start - Reach) : start;
                Lz4Block.Decode(block, decoded.Memory, ref end, first, start + _header.MostBlock);
            }
            else
            {
                block.CopyTo(decoded.Memory.AsSpan(start));
                end += block.Length;
            }
        }
        finally
        {
            decoded.End = end;
        }

        _size += (uint)(end - start);
        if (_header.HasChecksum) _checksum.Append(decoded.Memory.AsSpan(start, end - start));
    }

    private bool ReadChecksum(ReadOnlySpan<byte> input, ref int at)
    {
        if (_header.Size is { } said && said != _size)
            throw new BrokenDataException($"the lz4 frame says that it holds {said} bytes; it holds {_size}");
        if (!_header.HasChecksum) return true;
        if (input.Length - at < sizeof(uint)) return false;
        if (BinaryPrimitives.ReadUInt32LittleEndian(input[at..]) != _checksum.GetCurrentHashAsUInt32())
            throw new BrokenDataException("the checksum of the lz4 frame does not match its data");
        at += sizeof(uint);
        return true;
    }
}
