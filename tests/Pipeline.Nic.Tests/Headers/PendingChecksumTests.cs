using System.Buffers.Binary;
using Pipeline.Nic.Headers;
using Xunit;

namespace Pipeline.Nic.Tests.Headers;

public class PendingChecksumTests
{
    private const string Ethernet4 = "020000000001 020000000002 0800", Ethernet6 = "020000000001 020000000002 86dd";
    private const string Ip6 = "20010db8000000000000000000000001 20010db8000000000000000000000002";
    private const string Tcp = "1000 0050 00000001 00000000 5010 ffff 0000 0000", Udp = "1000 0035 000c 0000";

    [Theory]
    [InlineData(LinkType.Ethernet, Ethernet4 + "45000020 00000000 4011 66cb 0a000001 0a000002" + Udp, "01020304", 34, 6)]
    [InlineData(LinkType.Ethernet, Ethernet4 + "4500002b 00000000 4006 66cb 0a000001 0a000002" + Tcp, "010203", 34, 16)]
    [InlineData(LinkType.Ethernet, Ethernet6 + "60000000 000c 1140" + Ip6 + Udp, "01020304", 54, 6)]
    [InlineData(LinkType.Ethernet, Ethernet6 + "60000000 0017 0640" + Ip6 + Tcp, "010203", 54, 16)]
    [InlineData(LinkType.Ethernet, "020000000001 020000000002 8100 0005 0800 45000020 00000000 4011 66cb 0a000001 0a000002" + Udp, "01020304", 38, 6)]
    [InlineData(LinkType.RawIp, "45000020 00000000 4011 66cb 0a000001 0a000002" + Udp, "01020304", 20, 6)]
    [InlineData(LinkType.Ethernet, Ethernet6 + "60000000 0014 0040" + Ip6 + "1100000000000000" + Udp, "01020304", 62, 6)]
    public void A_pending_checksum_is_completed_whatever_pads_the_packet(LinkType link, string head, string payload, int l4, int field)
    {
        foreach (var padding in (string[])["", "0000ffff"])
        {
            var packet = Bytes.Of(head, payload, padding);
            var segment = packet.AsSpan(l4, packet.Length - (padding.Length / 2) - l4);
            BinaryPrimitives.WriteUInt16BigEndian(segment[field..], PseudoSum(packet, l4, segment.Length));
            var written = packet.ToArray();

            PendingChecksum.Complete(link, packet, written);

            Assert.NotEqual(packet, written);
            Assert.True(IsValid(written, l4, segment.Length));
            Assert.Equal(packet.AsSpan(0, l4 + field).ToArray(), written.AsSpan(0, l4 + field).ToArray());
            Assert.Equal(packet.AsSpan(l4 + field + 2).ToArray(), written.AsSpan(l4 + field + 2).ToArray());
        }
    }

    [Theory]
    [InlineData("45000020 00000000 4011 66cb 0a000001 0a000002 1000 0035 000c d798 01020304")] // Complete already.
    [InlineData("45000020 00000000 4011 66cb 0a000001 0a000002 1000 0035 000c 1421")] // Cut.
    [InlineData("45000020 00002000 4011 66cb 0a000001 0a000002 1000 0035 000c 1421 01020304")] // A fragment.
    [InlineData("4500001c 00000000 4001 66cb 0a000001 0a000002 0800 0000 00000000")] // Not of a protocol whose checksum hardware computes.
    [InlineData("4500")]
    [InlineData("")]
    public void Other_packets_stay_as_they_are(string packet) =>
        Assert.False(PendingChecksum.TryCompute(LinkType.RawIp, Bytes.Of(packet), out _, out _));

    [Fact]
    public void A_sum_of_0_is_written_as_ffff_for_udp()
    {
        var packet = Bytes.Of("4500001e 00000000 4011 66cb 0a000001 0a000002", "1000 0035 000a 0000 0000");
        var pseudo = PseudoSum(packet, 20, 10);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(26), pseudo);
        var rest = (uint)(pseudo + 0x1000 + 0x0035 + 0x000a);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(28), (ushort)(0xffff - ((rest & 0xffff) + (rest >> 16))));

        Assert.True(PendingChecksum.TryCompute(LinkType.RawIp, packet, out var at, out var checksum));
        Assert.Equal((26, 0xffff), (at, checksum));
    }

    [Theory]
    [InlineData(28)]
    [InlineData(27)]
    [InlineData(26)]
    [InlineData(10)]
    public void A_copy_that_is_cut_has_as_much_of_the_checksum_as_fits(int copied)
    {
        var packet = Bytes.Of("45000020 00000000 4011 66cb 0a000001 0a000002", "1000 0035 000c 0000 01020304");
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(26), PseudoSum(packet, 20, 12));
        var (whole, cut) = (packet.ToArray(), packet[..copied]);

        PendingChecksum.Complete(LinkType.RawIp, packet, whole);
        PendingChecksum.Complete(LinkType.RawIp, packet, cut);

        Assert.Equal(whole[..copied], cut);
    }

    /// <summary>A word at a time, as the RFCs say it.</summary>
    private static ushort PseudoSum(byte[] packet, int l4, int length)
    {
        var (addresses, protocol) = AddressesOf(packet, l4, length);
        return Fold(Words(addresses) + protocol + (uint)length);
    }

    private static bool IsValid(byte[] packet, int l4, int length)
    {
        var (addresses, protocol) = AddressesOf(packet, l4, length);
        return Fold(Words(addresses) + protocol + (uint)length + Words(packet.AsSpan(l4, length))) == 0xffff;
    }

    private static (byte[] Addresses, byte Protocol) AddressesOf(byte[] packet, int l4, int length)
    {
        var udp = packet[l4 + 4] == 0 && packet[l4 + 5] == length;
        var v6 = packet.AsSpan().IndexOf(Bytes.Of(Ip6));
        return (v6 >= 0 ? packet[v6..(v6 + 32)] : packet[(l4 - 8)..l4], (byte)(udp ? 17 : 6));
    }

    private static uint Words(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        for (var i = 0; i < bytes.Length; i++) sum += (uint)bytes[i] << (i % 2 == 0 ? 8 : 0);
        return sum;
    }

    private static ushort Fold(uint sum)
    {
        while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)sum;
    }
}
