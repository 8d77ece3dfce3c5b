using System.Buffers.Binary;

namespace Pipeline.Nic.Compression;

/// <summary>
/// A frame of zstd or lz4 with something else in it, which a decoder passes over (RFC 8878, section 3.1.2; LZ4 frame format, "Skippable
/// frames").
/// </summary>
internal sealed class SkippableFrame : MemberDecoder
{
    private const uint Magic = 0x184D2A50;
    private const uint AnyOf16 = 0xFFFFFFF0;
    private const int HeaderBytes = 8;

    private bool _isHeaderRead;
    private uint _left;

    public override string Name => "skippable frame";

    public override string Part => _isHeaderRead ? "contents" : "header";

    public static bool Recognises(ReadOnlySpan<byte> start) =>
        start.Length >= sizeof(uint) && (BinaryPrimitives.ReadUInt32LittleEndian(start) & AnyOf16) == Magic;

    public override void Start() => _isHeaderRead = false;

    public override bool Decode(ReadOnlySpan<byte> input, ref int at, Span<byte> output, ref int written)
    {
        if (!_isHeaderRead)
        {
            if (input.Length - at < HeaderBytes) return false;
            _left = BinaryPrimitives.ReadUInt32LittleEndian(input[(at + sizeof(uint))..]);
            _isHeaderRead = true;
            at += HeaderBytes;
        }

        var here = (int)Math.Min(_left, input.Length - at);
        at += here;
        _left -= (uint)here;
        return _left == 0;
    }
}
