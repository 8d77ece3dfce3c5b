using System.IO.Compression;

namespace Pipeline.Nic.Compression;

/// <summary>Each piece is a gzip member. All programs take members that follow each other for one file (RFC 1952, section 2.2).</summary>
internal sealed class GzipPieces : PieceCompressor
{
    private readonly MemoryStream _member = new();

    public override ReadOnlySpan<byte> Compress(ReadOnlySpan<byte> piece)
    {
        _member.SetLength(0);
        using (var gzip = new GZipStream(_member, CompressionLevel.Optimal, leaveOpen: true)) gzip.Write(piece);
        return _member.GetBuffer().AsSpan(0, (int)_member.Length);
    }
}
