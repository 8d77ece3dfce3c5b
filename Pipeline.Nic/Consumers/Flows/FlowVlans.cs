using System.Buffers.Binary;
using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Consumers.Flows;

/// <summary>The numbers of a packet's first two VLANs (IEEE 802.1Q clause 9.6), in 4 bytes. The default is none.</summary>
internal readonly record struct FlowVlans
{
    private const int FirstTagAt = 14;
    private const int TagBytes = 4;
    private const uint NumberMask = 0xfff;
    private const int OuterShift = 12;

    private FlowVlans(uint bits) => Bits = bits;

    /// <summary>The inner number, and above it the outer.</summary>
    public uint Bits { get; }

    /// <summary>The number of the only tag, or the second one's; 0 where there is none.</summary>
    public ushort Inner => (ushort)(Bits & NumberMask);

    /// <summary>The number of the first of two tags; 0 where there are not two.</summary>
    public ushort Outer => (ushort)(Bits >> OuterShift);

    /// <summary>Number 0 in a tag is a priority and no VLAN, so it counts as no tag. Tags behind the second are not looked at.</summary>
    public static FlowVlans Of(LinkType linkType, ReadOnlySpan<byte> packet)
    {
        var bits = 0u;
        if (linkType != LinkType.Ethernet) return default;
        for (var at = FirstTagAt; at <= FirstTagAt + TagBytes && packet.Length >= at + TagBytes; at += TagBytes)
        {
            if (!EtherType.IsVlanTag(BinaryPrimitives.ReadUInt16BigEndian(packet[(at - 2)..]))) break;
            var number = BinaryPrimitives.ReadUInt16BigEndian(packet[at..]) & NumberMask;
            if (number != 0) bits = (bits << OuterShift) | number;
        }

        return new FlowVlans(bits);
    }
}
