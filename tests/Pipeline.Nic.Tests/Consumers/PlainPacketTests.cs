using System.Buffers.Binary;
using CsCheck;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Tests.Headers;
using Pipeline.Nic.Tests.Pages;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers;

/// <summary>The short way through plain packets counts what the long way counts.</summary>
public class PlainPacketTests
{
    private static readonly PacketAccount Account = new("stack", AccountKind.Stack);

    private static readonly Gen<byte[]> Segment = Gen.Select(Gen.Byte.Array[0, 300], Gen.Int[0, 15], Gen.Int[-1, 1], (bytes, words, off) =>
    {
        // Half of the lengths that UDP and TCP say are right, and the others nearly so.
        if (bytes.Length > 12) bytes[12] = (byte)(words << 4);
        if (bytes.Length > 5) BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(4), (ushort)(bytes.Length + (words % 2 == 0 ? 0 : off)));
        return bytes;
    });

    /// <summary>A header and what follows, padding included; of lengths and checksums most are right.</summary>
    private static readonly Gen<byte[]> Packet = Gen.Select(Gen.OneOf<byte>(6, 17), Segment, Gen.Bool, Gen.Int[0, 6], Gen.Int[0, 9], Gen.Int[-2, 2],
        (protocol, segment, isIPv6, padding, luck, off) =>
        {
            var header = Bytes.Of(isIPv6 ? Bytes.IPv6(protocol) : Bytes.IPv4(protocol, luck == 8 ? 0x2000 : 0, luck == 9 ? 6 : 5));
            var length = (isIPv6 ? 0 : header.Length) + segment.Length + (luck == 7 ? off : 0);
            BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(isIPv6 ? 4 : 2), (ushort)Math.Max(0, length));
            if (!isIPv6 && luck != 6) Put(header, 10, InternetChecksum.Compute(header));
            if (luck < 5) Sign(segment, protocol, header.AsSpan(isIPv6 ? 8 : 12, isIPv6 ? 32 : 8));
            return (byte[])[.. header, .. segment, .. new byte[padding]];
        });

    private static readonly Gen<byte[]> OnEthernet = Gen.Select(Packet, Gen.Bool, (ip, isTagged) =>
        (byte[])[.. Bytes.Of(Bytes.Macs), .. Bytes.Of(isTagged ? "81000001" : ""), .. Bytes.Of(ip[0] >> 4 == 6 ? "86dd" : "0800"), .. ip]);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Both_ways_count_the_same_on_packets_that_are_nearly_plain(bool verify) =>
        Gen.Select(OnEthernet, Gen.Int[0, 20]).Sample((packet, cut) =>
        {
            var captured = cut > 2 ? packet : packet.AsSpan(0, packet.Length * cut / 3);
            return Counts(LinkType.Ethernet, captured, packet.Length, verify, true) == Counts(LinkType.Ethernet, captured, packet.Length, verify, false);
        });

    [Fact]
    public void Both_ways_count_the_same_on_packets_of_any_link_type() =>
        Gen.Select(Likely.Packet, Gen.OneOf(LinkType.Ethernet, LinkType.RawIp, LinkType.Ppp, LinkType.Null, LinkType.LinuxSll)).Sample((packet, link) =>
            Counts(link, packet, packet.Length, true, true) == Counts(link, packet, packet.Length, true, false));

    [Fact]
    public void Most_of_the_packets_that_are_compared_do_take_the_short_way() =>
        Assert.InRange(Packet.Array[1000].Single().Count(IsPlain), 300, 1000);

    private static bool IsPlain(byte[] packet) =>
        PlainPacket.KindOf(packet[0] >> 4 == 6 ? NetworkLayer.IPv6 : NetworkLayer.IPv4, packet, sum: true) != PlainKind.None;

    private static string Counts(LinkType link, ReadOnlySpan<byte> captured, int wireLength, bool verify, bool isShort)
    {
        var stack = new NullStackConsumer(verify) { TakesShortWay = isShort };
        using var pages = new OnePacketPages(pages: 1);
        using var bundle = pages.Receive(new NicInterface(0, "any", link, 0), Account);
        pages.Append(bundle, captured, (uint)wireLength);
        stack.Consume(new PacketBatch(bundle));
        return string.Join(' ', Enum.GetValues<NullStackCount>().Select(c => stack[c]));
    }

    private static void Sign(byte[] segment, byte protocol, ReadOnlySpan<byte> addresses)
    {
        var at = protocol == IpProtocol.Udp ? 6 : 16;
        if (segment.Length < at + 2) return;
        Put(segment, at, 0);
        var sum = InternetChecksum.AddWord(InternetChecksum.AddWord(0, protocol), (ushort)segment.Length);
        Put(segment, at, (ushort)~InternetChecksum.Fold(InternetChecksum.Add(InternetChecksum.Add(sum, addresses), segment)));
    }

    private static void Put(byte[] bytes, int at, ushort number) => BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(at), number);
}
