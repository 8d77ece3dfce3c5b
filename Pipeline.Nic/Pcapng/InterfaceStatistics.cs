using System.Buffers.Binary;

namespace Pipeline.Nic.Pcapng;

/// <summary>
/// An interface statistics block (draft-ietf-opsawg-pcapng, 4.6) as it was read. Times are nanoseconds since 1970. A value that the block
/// does not have is null.
/// </summary>
internal sealed record InterfaceStatistics(long Time)
{
    private const int TimeAt = 12;
    private const int OptionsAt = 20;

    // isb_starttime to isb_osdrop. isb_usrdeliv is the number that the file's writer delivered, so each writer writes its own.
    private readonly ulong?[] _values = new ulong?[OsDropped + 1];

    public const ushort Start = 2;
    public const ushort End = 3;
    public const ushort Received = 4;
    public const ushort Dropped = 5;
    public const ushort OsDropped = 7;

    public const int LeastBytes = OptionsAt;

    /// <summary>The value under an option's code, from <see cref="Start"/> to <see cref="OsDropped"/>.</summary>
    public ulong? this[ushort code] => _values[code];

    /// <param name="block">The block without its second length, at least <see cref="LeastBytes"/>.</param>
    public static InterfaceStatistics Read(ReadOnlySpan<byte> block, bool isBigEndian, TimestampUnit unit)
    {
        var read = new InterfaceStatistics(TimeOf(block[TimeAt..], isBigEndian, unit));
        var options = new PcapngOptions(block[OptionsAt..], isBigEndian);
        while (options.Next())
        {
            var value = options.Value;
            if (options.Code is < Start or > OsDropped || value.Length != sizeof(ulong)) continue;
            read._values[options.Code] = options.Code <= End
                ? (ulong)TimeOf(value, isBigEndian, unit)
                : isBigEndian ? BinaryPrimitives.ReadUInt64BigEndian(value) : BinaryPrimitives.ReadUInt64LittleEndian(value);
        }

        return read;
    }

    // The upper half comes first in either byte order.
    private static long TimeOf(ReadOnlySpan<byte> at, bool isBigEndian, TimestampUnit unit)
    {
        ulong high = PcapngOptions.U32(at, isBigEndian), low = PcapngOptions.U32(at[4..], isBigEndian);
        return unit.ToNanoseconds((high << 32) | low);
    }
}
