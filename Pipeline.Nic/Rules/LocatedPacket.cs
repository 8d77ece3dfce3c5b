using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Rules;

/// <summary>A packet as rules see it: its captured bytes, its length on the wire, and the places of its headers.</summary>
/// <param name="bytes">The captured bytes.</param>
/// <param name="wireLength">Bytes it had on the wire.</param>
/// <param name="l3">Bytes to the network header; -1 when absent.</param>
/// <param name="l4">Bytes to the header after it; -1 when absent.</param>
internal readonly ref struct LocatedPacket(ReadOnlySpan<byte> bytes, uint wireLength, int l3, int l4)
{
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    public uint WireLength { get; } = wireLength;

    /// <summary>The place of a base; -1 when absent.</summary>
    public int Of(FieldBase fieldBase) => fieldBase switch { FieldBase.L3 => l3, FieldBase.L4 => l4, _ => 0 };

    public static LocatedPacket Locate(LinkType linkType, ReadOnlySpan<byte> bytes, uint wireLength)
    {
        Locate(linkType, bytes, out var l3, out var l4);
        return new LocatedPacket(bytes, wireLength, l3, l4);
    }

    /// <summary>A value that <see cref="LocatePacked"/> never returns.</summary>
    public const long NotLocated = long.MinValue;

    /// <summary>For compiled rules: both places in one number, that of L4 in the upper half.</summary>
    public static unsafe long LocatePacked(int linkType, byte* bytes, long captured)
    {
        Locate((LinkType)linkType, new ReadOnlySpan<byte>(bytes, (int)captured), out var l3, out var l4);
        return ((long)l4 << 32) | (uint)l3;
    }

    /// <summary>Finds both headers in one go.</summary>
    public static void Locate(LinkType linkType, ReadOnlySpan<byte> bytes, out int l3, out int l4)
    {
        var network = LinkHeader.Locate(linkType, bytes, out l3);
        l4 = HeaderLocator.Transport(network, bytes, l3).Offset;
    }
}
