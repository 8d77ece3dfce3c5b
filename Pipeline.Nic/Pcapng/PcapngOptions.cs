using System.Buffers.Binary;

namespace Pipeline.Nic.Pcapng;

/// <summary>
/// Goes over a list of options of a pcapng block (draft-ietf-opsawg-pcapng, 3.5). It ends at the first option that is not sound.
/// </summary>
internal ref struct PcapngOptions(ReadOnlySpan<byte> options, bool isBigEndian)
{
    /// <summary>Code and length of an option.</summary>
    public const int HeadBytes = 4;

    private ReadOnlySpan<byte> _rest = options;

    public ushort Code { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    public static uint U32(ReadOnlySpan<byte> at, bool isBigEndian) =>
        isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(at) : BinaryPrimitives.ReadUInt32LittleEndian(at);

    /// <summary>Copies the options that may be kept, each number in it little-endian, without an end.</summary>
    /// <param name="to">Room for all of them.</param>
    /// <returns>Bytes written.</returns>
    public static int Copy(ReadOnlySpan<byte> options, bool isBigEndian, Func<ushort, OptionValue> kindOf, Span<byte> to)
    {
        var written = 0;
        var each = new PcapngOptions(options, isBigEndian);
        while (each.Next())
        {
            var room = to[written..];
            if (!OptionValues.TryCopy(kindOf(each.Code), each.Value, isBigEndian, room[HeadBytes..])) continue;
            BinaryPrimitives.WriteUInt16LittleEndian(room, each.Code);
            BinaryPrimitives.WriteUInt16LittleEndian(room[2..], (ushort)each.Value.Length);
            var padded = Padded(each.Value.Length);
            room[(HeadBytes + each.Value.Length)..(HeadBytes + padded)].Clear();
            written += HeadBytes + padded;
        }

        return written;
    }

    /// <inheritdoc cref="Copy(ReadOnlySpan{byte}, bool, Func{ushort, OptionValue}, Span{byte})"/>
    public static byte[] Copy(ReadOnlySpan<byte> options, bool isBigEndian, Func<ushort, OptionValue> kindOf)
    {
        var room = new byte[options.Length];
        var written = Copy(options, isBigEndian, kindOf, room);
        return written == room.Length ? room : room[..written];
    }

    public static int Padded(int bytes) => (bytes + 3) & ~3;

    public bool Next()
    {
        if (_rest.Length < HeadBytes) return false;
        Code = U16(_rest);
        int length = U16(_rest[2..]), padded = Padded(length);
        if (Code == PcapngBlock.OptionEnd || padded > _rest.Length - HeadBytes) return false;
        Value = _rest.Slice(HeadBytes, length);
        _rest = _rest[(HeadBytes + padded)..];
        return true;
    }

    private readonly ushort U16(ReadOnlySpan<byte> at) =>
        isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(at) : BinaryPrimitives.ReadUInt16LittleEndian(at);
}
