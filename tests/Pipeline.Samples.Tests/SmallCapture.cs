using System.Buffers.Binary;

namespace Pipeline.Samples.Tests;

/// <summary>A pcap file of a few known packets: 3 DNS queries, 2 answers, 4 SYNs to port 443 and 1 to port 22, 1 ARP packet.</summary>
internal static class SmallCapture
{
    private const int Udp = 17;
    private const int Tcp = 6;
    private const byte Syn = 2;

    public static string WriteTo(string file)
    {
        using var stream = File.Create(file);

        // tcpdump.org/manpages/pcap-savefile.5: magic, version 2.4, zone, accuracy, snapshot length, link type 1 (Ethernet).
        stream.Write(Convert.FromHexString("d4c3b2a1" + "02000400" + "00000000" + "00000000" + "ffff0000" + "01000000"));
        foreach (var packet in Packets()) Write(stream, packet);
        return file;
    }

    private static IEnumerable<byte[]> Packets()
    {
        for (var i = 0; i < 3; i++) yield return Ip(Udp, 40000 + i, 53, [0, 20, 0, 0, 0, (byte)i, 0x01, 0x00, 0, 1, 0, 0]);
        for (var i = 0; i < 2; i++) yield return Ip(Udp, 53, 40000 + i, [0, 20, 0, 0, 0, (byte)i, 0x81, 0x80, 0, 1, 0, 1]);
        for (var i = 0; i < 4; i++) yield return Ip(Tcp, 50000 + i, 443, TcpRest);
        yield return Ip(Tcp, 50009, 22, TcpRest);
        yield return [.. new byte[12], 0x08, 0x06, .. new byte[46]];
    }

    /// <summary>Behind the ports (RFC 9293): sequence, acknowledgement, length 5 words, flags, window, checksum, urgent pointer.</summary>
    private static byte[] TcpRest => [0, 0, 0, 1, 0, 0, 0, 0, 0x50, Syn, 0xff, 0xff, 0, 0, 0, 0];

    private static byte[] Ip(byte protocol, int source, int destination, byte[] rest)
    {
        var total = 20 + 4 + rest.Length;
        byte[] packet =
        [
            .. new byte[12], 0x08, 0x00,
            0x45, 0, (byte)(total >> 8), (byte)total, 0, 0, 0, 0, 64, protocol, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2,
            (byte)(source >> 8), (byte)source, (byte)(destination >> 8), (byte)destination,
            .. rest,
        ];
        return packet;
    }

    private static void Write(Stream stream, byte[] packet)
    {
        var header = new byte[16];
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(8), packet.Length);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(12), packet.Length);
        stream.Write(header);
        stream.Write(packet);
    }
}
