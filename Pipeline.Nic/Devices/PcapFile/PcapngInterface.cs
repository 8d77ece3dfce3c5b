using System.Text;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pcapng;

namespace Pipeline.Nic.Devices.PcapFile;

/// <summary>One interface of a pcapng section, with all that is needed to read its packets.</summary>
/// <param name="MostCaptured">The most bytes a packet of it may have, by its link type and by the size of a page.</param>
internal sealed record PcapngInterface(NicInterface Nic, TimestampUnit Time, uint MostCaptured)
{
    // Names become labels of metrics. The format would allow 64 KiB each.
    private const int LongestNameBytes = 256;

    /// <summary>Reads an interface description block. It lies whole at <paramref name="block"/>, and its length has been checked.</summary>
    /// <param name="fault">If null is returned, what is wrong with an option, and where in the block.</param>
    public static unsafe PcapngInterface? Read<TOrder>(
        byte* block, int length, int index, CapturePages pages, CaptureMetadata metadata, out (int At, string What) fault)
        where TOrder : struct, IByteOrder
    {
        string? name = null;
        byte? fcsBytes = null;
        var resolution = TimestampUnit.DefaultResolution;
        long offset = 0;
        fault = default;
        var end = length - PcapngBlock.TrailerBytes;
        for (var at = PcapngBlock.InterfaceOptionsAt; end - at >= 4;)
        {
            int code = TOrder.U16(block + at), bytes = TOrder.U16(block + at + 2);
            if (code == PcapngBlock.OptionEnd) break;
            fault = (at, OptionFault(code, bytes, end - at - 4));
            if (fault.What.Length > 0) return null;
            var value = block + at + 4;
            if (code == PcapngBlock.OptionInterfaceName) name = Text(value, bytes);
            else if (code == PcapngBlock.OptionTimeResolution) resolution = *value;
            else if (code == PcapngBlock.OptionFcsLength) fcsBytes = *value;
            else if (code == PcapngBlock.OptionTimeOffset) offset = Seconds<TOrder>(value);
            at += 4 + ((bytes + 3) & ~3);
        }

        var linkType = (LinkType)TOrder.U16(block + PcapngBlock.LinkTypeAt);
        var isBigEndian = typeof(TOrder) == typeof(BigEndian);
        var time = new TimestampUnit(resolution, offset);
        var options = new ReadOnlySpan<byte>(block + PcapngBlock.InterfaceOptionsAt, end - PcapngBlock.InterfaceOptionsAt);
        var nic = new NicInterface(index, name ?? DefaultName(pages.Name, index), linkType, TOrder.U32(block + PcapngBlock.SnapLengthAt))
        {
            FcsBytes = fcsBytes,
            IsBigEndian = isBigEndian,
            Description = new InterfaceDescription(Kept(options, isBigEndian, metadata), time),
        };
        var most = Math.Min(CaptureLimits.Of(linkType), (uint)(pages.PageSize - PcapngBlock.DataAt - PcapngBlock.TrailerBytes));
        return new PcapngInterface(nic, time, most);
    }

    /// <summary>The name of an interface that has none in its capture.</summary>
    public static string DefaultName(string source, int index) => $"{Path.GetFileName(source)}:{index}";

    private static byte[] Kept(ReadOnlySpan<byte> options, bool isBigEndian, CaptureMetadata metadata)
    {
        if (options.IsEmpty || !metadata.HasRoomFor((uint)options.Length)) return [];
        var kept = PcapngOptions.Copy(options, isBigEndian, OptionValues.OfInterface);
        metadata.Charge(kept);
        return kept;
    }

    private static string OptionFault(int code, int bytes, int room)
    {
        if (bytes > room)
            return $"an option of {bytes} bytes (code {code}) goes beyond its interface description block, where {room} are left";
        var expected = code switch
        {
            PcapngBlock.OptionTimeResolution or PcapngBlock.OptionFcsLength => 1,
            PcapngBlock.OptionTimeOffset => 8,
            _ => bytes,
        };
        return bytes == expected ? "" : $"an option of code {code} has {bytes} bytes instead of {expected}";
    }

    private static unsafe string? Text(byte* value, int bytes)
    {
        var text = Encoding.UTF8.GetString(value, Math.Min(bytes, LongestNameBytes)).TrimEnd('\0');
        return text.Length > 0 ? text : null;
    }

    // The 64 bits lie in the section's byte order as one number, unlike a packet's time, whose upper half always comes first.
    private static unsafe long Seconds<TOrder>(byte* value)
        where TOrder : struct, IByteOrder
    {
        ulong first = TOrder.U32(value), second = TOrder.U32(value + 4);
        return (long)(typeof(TOrder) == typeof(BigEndian) ? (first << 32) | second : (second << 32) | first);
    }
}
