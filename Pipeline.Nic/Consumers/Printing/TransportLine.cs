using System.Buffers.Binary;
using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Consumers.Printing;

/// <summary>What a line says of TCP and UDP.</summary>
internal static class TransportLine
{
    private const byte Fin = 1;
    private const byte Syn = 2;
    private const byte Rst = 4;
    private const byte Ack = 16;
    private const byte Urg = 32;

    /// <summary>tcpdump's letters, from FIN to CWR.</summary>
    private static ReadOnlySpan<byte> Letters => "FSRP.UEW"u8;

    public static void Tcp(ref LineText text, scoped PacketHeaders packet)
    {
        if (!TcpHeader.TryReadStart(packet.Transport, out var tcp))
        {
            text.Add("tcp [truncated], length "u8);
            text.Number(packet.TransportLength);
            return;
        }

        Flags(ref text, tcp.Flags);
        var payload = packet.TransportLength - tcp.Length;
        Numbers(ref text, tcp, packet.Transport, payload);
        if (tcp.Length < TcpHeader.MinSize || payload < 0)
        {
            text.Add(", bad header length "u8);
            text.Number(tcp.Length);
            return;
        }

        text.Add(", length "u8);
        text.Number(payload);
    }

    public static void Udp(ref LineText text, scoped PacketHeaders packet)
    {
        if (!packet.TryReadUdp(out var udp))
        {
            text.Add("UDP [truncated], length "u8);
            text.Number(packet.TransportLength);
            return;
        }

        var isJumbo = udp.Length == 0 && packet.TransportLength > ushort.MaxValue;
        var length = (isJumbo ? packet.TransportLength : udp.Length) - UdpHeader.Size;
        var isBad = length < 0 || (length > packet.TransportLength - UdpHeader.Size && !packet.IsFragment);
        text.Add(isBad ? "UDP, bad length "u8 : "UDP, length "u8);
        text.Number(length < 0 ? udp.Length : length);
    }

    private static void Flags(ref LineText text, byte flags)
    {
        text.Add("Flags ["u8);
        if (flags == 0) text.Add("none"u8);
        for (var bit = 0; bit < Letters.Length; bit++)
        {
            if ((flags & (1 << bit)) != 0) text.Add(Letters.Slice(bit, 1));
        }

        text.Add("]"u8);
    }

    /// <summary>Absolute numbers, as with tcpdump's <c>-S</c>: relative ones would need a table of flows.</summary>
    private static void Numbers(ref LineText text, scoped TcpHeader tcp, scoped ReadOnlySpan<byte> bytes, int payload)
    {
        if (payload > 0 || (tcp.Flags & (Fin | Syn | Rst)) != 0)
        {
            text.Add(", seq "u8);
            text.Number(tcp.SequenceNumber);
            if (payload > 0) text.Add(":"u8);
            if (payload > 0) text.Number((uint)(tcp.SequenceNumber + payload));
        }

        if ((tcp.Flags & Ack) != 0)
        {
            text.Add(", ack "u8);
            text.Number(tcp.AcknowledgmentNumber);
        }

        text.Add(", win "u8);
        text.Number(tcp.Window);
        if ((tcp.Flags & Urg) == 0) return;
        text.Add(", urg "u8);
        text.Number(BinaryPrimitives.ReadUInt16BigEndian(bytes[18..]));
    }
}
