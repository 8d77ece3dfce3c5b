using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Pipeline.Nic.Compression;

/// <summary>
/// The pieces are blocks of one zstd frame, because Wireshark does not read further frames. What ends the frame is the tail: a last block
/// with nothing in it, and the checksum.
/// </summary>
/// <param name="isOneFrame">False to make a frame of each piece, for an output whose tail cannot be taken away.</param>
internal sealed class ZstdPieces(bool isOneFrame) : PieceCompressor
{
    // The level of the program zstd, unless it is told otherwise.
    private const int Level = 3;

    private const int LastBlockBytes = 3;

    private readonly Compressor _compressor = Make();
    private readonly byte[] _tail = new byte[LastBlockBytes + sizeof(uint)];
    private readonly XxHash64 _checksum = new();
    private byte[] _blocks = [];

    public override ReadOnlySpan<byte> Tail => isOneFrame ? _tail : default;

    public override ReadOnlySpan<byte> Compress(ReadOnlySpan<byte> piece)
    {
        var most = Compressor.GetCompressBound(piece.Length);
        if (_blocks.Length < most) _blocks = new byte[most];
        if (!isOneFrame) return _blocks.AsSpan(0, _compressor.Wrap(piece, _blocks.AsSpan()));

        // A raw block of no bytes that is the last one (RFC 8878, section 3.1.1.2), and the lower half of the checksum.
        _checksum.Append(piece);
        _tail[0] = 1;
        BinaryPrimitives.WriteUInt32LittleEndian(_tail.AsSpan(LastBlockBytes), (uint)_checksum.GetCurrentHashAsUInt64());
        return Blocks(piece);
    }

    public override void Dispose()
    {
        _compressor.Dispose();
        base.Dispose();
    }

    private ReadOnlySpan<byte> Blocks(ReadOnlySpan<byte> piece)
    {
        var written = 0;
        while (!piece.IsEmpty)
        {
            _compressor.WrapStream(piece, Room(written), out var taken, out var more, isFinalBlock: false);
            piece = piece[taken..];
            written += more;
        }

        OperationStatus status;
        do
        {
            status = _compressor.FlushStream(Room(written), out var more);
            written += more;
        }
        while (status != OperationStatus.Done);
        return _blocks.AsSpan(0, written);
    }

    private Span<byte> Room(int written)
    {
        const int Least = 4096;
        if (_blocks.Length - written < Least) Array.Resize(ref _blocks, (2 * _blocks.Length) + Least);
        return _blocks.AsSpan(written);
    }

    private static Compressor Make()
    {
        var compressor = new Compressor(Level);
        compressor.SetParameter(ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
        return compressor;
    }
}
