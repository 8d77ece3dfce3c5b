using System.Buffers.Binary;
using System.IO.Hashing;

namespace Pipeline.Nic.Compression;

/// <summary>A gzip member (RFC 1952): a header, a deflate stream, its CRC and its length.</summary>
/// <remarks>
/// The deflate stream is decoded here and not by the runtime: <see cref="System.IO.Compression.GZipStream"/> takes an early end for the
/// end, does not tell where a member ends, and is for threads that can wait.
/// </remarks>
internal sealed class GzipMember : MemberDecoder
{
    private const int FixedHeaderBytes = 10;
    private const int TrailerBytes = 8;
    private const byte Deflate = 8;

    private readonly Inflater _inflater = new();
    private readonly Crc32 _headerCrc = new();
    private readonly Crc32 _crc = new();
    private Step _step;
    private GzipFlags _flags;
    private int _extraLeft;
    private uint _length;

    private enum Step
    {
        Header,
        ExtraLength,
        Extra,
        FileName,
        Comment,
        HeaderCrc,
        Data,
        Trailer,
    }

    [Flags]
    private enum GzipFlags : byte
    {
        HeaderCrc = 2,
        Extra = 4,
        FileName = 8,
        Comment = 16,
        Reserved = 0xe0,
    }

    public override string Name => "gzip member";

    public override string Part => _step switch
    {
        Step.Data => "data",
        Step.Trailer => "checksum",
        _ => "header",
    };

    public static bool Recognises(ReadOnlySpan<byte> start) => start is [0x1f, 0x8b, ..];

    public override void Start()
    {
        _inflater.Start();
        _headerCrc.Reset();
        _crc.Reset();
        (_step, _length) = (Step.Header, 0);
    }

    public override bool Decode(ReadOnlySpan<byte> input, ref int at, Span<byte> output, ref int written)
    {
        while (_step < Step.Data)
        {
            if (!ReadHeader(input, ref at)) return false;
        }

        if (_step == Step.Data && _inflater.Decoded.Pending == 0) Inflate(input, ref at);
        Give(output, ref written);
        return _step == Step.Trailer && ReadTrailer(input, ref at);
    }

    public override void Give(Span<byte> output, ref int written)
    {
        var given = _inflater.Decoded.Give(output, ref written);
        _crc.Append(given);
        _length += (uint)given.Length;
    }

    private void Inflate(ReadOnlySpan<byte> input, ref int at)
    {
        _inflater.Decoded.MakeRoom(Inflater.Reach);
        if (_inflater.Decode(input, ref at)) _step = Step.Trailer;
    }

    /// <summary>Reads the next field of the header, or as much of it as there is.</summary>
    /// <returns>Whether to go on; not when bytes are missing.</returns>
    private bool ReadHeader(ReadOnlySpan<byte> input, ref int at)
    {
        var before = at;
        var goesOn = _step switch
        {
            Step.Header => ReadFixedHeader(input, ref at),
            Step.ExtraLength => ReadExtraLength(input, ref at),
            Step.Extra => SkipExtra(input, ref at),
            Step.FileName => SkipText(input, ref at, GzipFlags.FileName),
            Step.Comment => SkipText(input, ref at, GzipFlags.Comment),
            _ => CheckHeaderCrc(input, ref at),
        };
        _headerCrc.Append(input[before..at]);
        if (goesOn) _step++;
        return goesOn;
    }

    private bool ReadFixedHeader(ReadOnlySpan<byte> input, ref int at)
    {
        var header = input[at..];
        if (header.Length < FixedHeaderBytes) return false;
        if (header[2] != Deflate)
            throw new BrokenDataException($"the gzip header names compression method {header[2]}; expected {Deflate}, deflate");
        _flags = (GzipFlags)header[3];
        if ((_flags & GzipFlags.Reserved) != 0)
            throw new BrokenDataException($"the gzip header has the flags {header[3]:x2}, of which the upper three bits must be 0");
        at += FixedHeaderBytes;
        return true;
    }

    private bool ReadExtraLength(ReadOnlySpan<byte> input, ref int at)
    {
        _extraLeft = 0;
        if (!_flags.HasFlag(GzipFlags.Extra)) return true;
        if (input.Length - at < sizeof(ushort)) return false;
        _extraLeft = BinaryPrimitives.ReadUInt16LittleEndian(input[at..]);
        at += sizeof(ushort);
        return true;
    }

    private bool SkipExtra(ReadOnlySpan<byte> input, ref int at)
    {
        var here = Math.Min(_extraLeft, input.Length - at);
        at += here;
        _extraLeft -= here;
        return _extraLeft == 0;
    }

    private bool SkipText(ReadOnlySpan<byte> input, ref int at, GzipFlags flag)
    {
        if (!_flags.HasFlag(flag)) return true;
        var end = input[at..].IndexOf((byte)0);
        at = end < 0 ? input.Length : at + end + 1;
        return end >= 0;
    }

    private bool CheckHeaderCrc(ReadOnlySpan<byte> input, ref int at)
    {
        if (!_flags.HasFlag(GzipFlags.HeaderCrc)) return true;
        if (input.Length - at < sizeof(ushort)) return false;
        if (BinaryPrimitives.ReadUInt16LittleEndian(input[at..]) != (ushort)_headerCrc.GetCurrentHashAsUInt32())
            throw new BrokenDataException("the checksum of the gzip header does not match");
        at += sizeof(ushort);
        return true;
    }

    private bool ReadTrailer(ReadOnlySpan<byte> input, ref int at)
    {
        if (_inflater.Decoded.Pending > 0 || input.Length - at < TrailerBytes) return false;
        var crc = BinaryPrimitives.ReadUInt32LittleEndian(input[at..]);
        var length = BinaryPrimitives.ReadUInt32LittleEndian(input[(at + sizeof(uint))..]);
        var expected = _crc.GetCurrentHashAsUInt32();
        if (crc != expected) throw new BrokenDataException($"the gzip checksum is {crc:x8}; the data before it has {expected:x8}");
        if (length != _length)
            throw new BrokenDataException($"the gzip member says that its data ends with length {length}, modulo 2^32; it has {_length}");
        at += TrailerBytes;
        return true;
    }
}
