using System.Buffers;
using System.Buffers.Binary;
using ZstdSharp.Unsafe;

namespace Pipeline.Nic.Compression;

/// <summary>
/// A zstd frame (RFC 8878). It is decoded by ZstdSharp, whose memory is as large as the frame's window. ZstdSharp gets the frame part by
/// part: it would run on into what follows the frame, and at a fault lose what it has decoded of the bytes that it was given.
/// </summary>
internal sealed class ZstdFrame : MemberDecoder
{
    /// <summary>The largest window, as a power of two: what the program <c>zstd -d</c> accepts unless it is told otherwise.</summary>
    private const int MostWindowPower = 27;

    private const int BlockHeaderBytes = 3;

    private readonly ZstdSharp.Decompressor _decompressor = new();
    private Step _step;
    private ZstdHeader _header;
    private int _left;
    private bool _isLastBlock;

    public ZstdFrame() => _decompressor.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, MostWindowPower);

    private enum Step
    {
        Header,
        BlockHeader,
        Block,
        Checksum,
    }

    public override string Name => "zstd frame";

    public override string Part => _step switch
    {
        Step.Header => "header",
        Step.Checksum => "checksum",
        _ => "data",
    };

    public static bool Recognises(ReadOnlySpan<byte> start) =>
        start.Length >= sizeof(uint) && BinaryPrimitives.ReadUInt32LittleEndian(start) == ZstdHeader.Magic;

    public override void Start()
    {
        (_step, _left, _isLastBlock) = (Step.Header, 0, false);
        _decompressor.ResetStream();
    }

    public override bool Decode(ReadOnlySpan<byte> input, ref int at, Span<byte> output, ref int written)
    {
        if (_left == 0 && !NextPart(input[at..])) return false;
        var part = input.Slice(at, Math.Min(_left, input.Length - at));
        var status = _decompressor.UnwrapStream(part, output[written..], out var taken, out var given);
        if (status == OperationStatus.InvalidData)
        {
            throw new BrokenDataException(
                _step == Step.Checksum ? "the checksum of the zstd frame does not match its data" : "the zstd data is corrupt in a block");
        }

        at += taken;
        _left -= taken;
        written += given;
        return status == OperationStatus.Done && _isLastBlock && _left == 0;
    }

    public override void Dispose()
    {
        _decompressor.Dispose();
        base.Dispose();
    }

    /// <summary>Goes on to the next part of the frame, and sets how many bytes it has.</summary>
    /// <returns>False if there is not enough of it to tell.</returns>
    private bool NextPart(ReadOnlySpan<byte> input)
    {
        switch (_step)
        {
            case Step.Header:
                // Checked here, because the decoder would only say that it failed.
                if (!ZstdHeader.TryRead(input, out _header)) return false;
                Check(_header);
                (_left, _step) = (_header.Bytes, Step.BlockHeader);
                return true;
            case Step.BlockHeader or Step.Block when !_isLastBlock:
                return ReadBlockHeader(input);
            default:
                // After the last block only what has been decoded is left to be given, and the checksum to be taken.
                if (_step == Step.Checksum || !_header.HasChecksum) return true;
                (_left, _step) = (sizeof(uint), Step.Checksum);
                return true;
        }
    }

    private bool ReadBlockHeader(ReadOnlySpan<byte> input)
    {
        const int Repeated = 1, Reserved = 3;
        if (input.Length < BlockHeaderBytes) return false;
        var header = input[0] | input[1] << 8 | input[2] << 16;
        var type = header >> 1 & 3;
        if (type == Reserved) throw new BrokenDataException("the zstd data is corrupt: a block is of type 3; expected 0, 1 or 2");
        _isLastBlock = (header & 1) != 0;
        (_left, _step) = (BlockHeaderBytes + (type == Repeated ? 1 : header >> 3), Step.Block);
        return true;
    }

    private static void Check(ZstdHeader header)
    {
        const ulong Most = 1UL << MostWindowPower;
        if (header.Window > Most)
        {
            throw new BrokenDataException(
                $"the zstd frame needs a window of {header.Window} bytes; the limit is {Most} (128 MiB); decompress it first: "
                + "zstd -dc --long=31 FILE | pipeline run -r -");
        }

        if (header.Dictionary != 0)
        {
            throw new BrokenDataException(
                $"the zstd frame needs dictionary {header.Dictionary}; decompress it first: "
                + "zstd -dc -D DICTIONARY FILE | pipeline run -r -");
        }
    }
}
