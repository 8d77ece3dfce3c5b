using System.Buffers.Binary;
using System.Net;
using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Consumers.Flows;

/// <summary>Writes a released flow for people, and for the address of a request that takes it back.</summary>
internal static class ReleasedWords
{
    public static string Of(in FlowKey key)
    {
        var isV6 = key.EtherType == EtherType.IPv6;
        var (low, high) = (Endpoint(key.LowAddress, key.LowPort, isV6), Endpoint(key.HighAddress, key.HighPort, isV6));
        var words = $"{Protocol(key.Protocol)} {low} {high}";
        return key.Vlans switch
        {
            { Bits: 0 } => words,
            { Outer: 0 } vlans => $"{words} vlan {vlans.Inner}",
            var vlans => $"{words} vlan {vlans.Outer}.{vlans.Inner}",
        };
    }

    private static string Endpoint(UInt128 address, ushort port, bool isV6)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, address);
        return new IPEndPoint(new IPAddress(isV6 ? bytes : bytes[12..]), port).ToString();
    }

    private static string Protocol(byte protocol) => protocol switch
    {
        IpProtocol.Tcp => "tcp",
        IpProtocol.Udp => "udp",
        IpProtocol.Sctp => "sctp",
        IpProtocol.Dccp => "dccp",
        IpProtocol.UdpLite => "udplite",
        _ => $"{protocol}",
    };
}
