using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Tests.Consumers.Flows;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers;

public sealed class PacketViewTests : IDisposable
{
    private readonly PacketFeed _feed = new();

    public void Dispose() => _feed.Dispose();

    [Fact]
    public void Packets_come_in_their_order_with_all_that_is_known_of_them()
    {
        var seen = new List<string>();

        Each(p => seen.Add($"{p.Bytes[^1]} {p.CapturedLength} {p.WireLength} {p.TimestampNanoseconds} {p.Mark} {p.Rule} {p.LinkType}"), new([1, 2], 5, 9), new([3], 6));

        Assert.Equal(["2 2 9 5 0 0 Ethernet", "3 1 1 6 0 0 Ethernet"], seen);
    }

    [Fact]
    public void A_transport_header_is_found_behind_IP_of_either_version() => Each(
        p => Assert.True(p.TryReadUdp(out var udp) && udp.DestinationPort == 53 && !p.TryReadTcp(out _)),
        new(IpPackets.Udp("10.0.0.1", 9, "10.0.0.2", 53), 1),
        new(IpPackets.Udp("2001:db8::1", 9, "2001:db8::2", 53), 1));

    [Fact]
    public void Flags_of_tcp_are_there() =>
        Each(p => Assert.True(p.TryReadTcp(out var tcp) && tcp.Flags == 0x12), new SentPacket(IpPackets.Tcp("10.0.0.1", 80, "10.0.0.2", 9, 0x12), 1));

    [Fact]
    public void What_has_no_such_header_is_no_such_packet() => Each(
        p => Assert.False(p.TryReadUdp(out _) || p.TryReadTcp(out _)),
        new(IpPackets.Ip("10.0.0.1", "10.0.0.2", IpProtocol.Udp, new byte[8], fragment: 0x0001), 1),
        new(IpPackets.Udp("10.0.0.1", 9, "10.0.0.2", 53)[..^1], 1),
        new(IpPackets.Ethernet(EtherType.Arp, new byte[28]), 1),
        new([], 1));

    [Fact]
    public void Going_over_a_batch_allocates_nothing()
    {
        using var pool = new PacketPagePool("view", 64, 1);
        var bundle = new BundlePool(8).Rent(pool.Device, new PacketAccount("view", AccountKind.Consumer), new NicInterface(0, "eth0", LinkType.Ethernet, 0));
        Assert.True(pool.TryRent(out var page));
        pool.Device.Take(page, 1);
        bundle.Append(new Packet { CapturedLength = 60 });
        var sum = 0L;

        Assert.Equal(0, Allocation.OnceWarm(() => sum = Sum(bundle)));
        Assert.Equal(60, sum);
        bundle.Dispose();
    }

    private static long Sum(PageBundle bundle)
    {
        var sum = 0L;
        foreach (var packet in new PacketBatch(bundle)) sum += packet.Bytes.Length + packet.Mark;
        return sum;
    }

    private delegate void Look(PacketView packet);

    private void Each(Look look, params SentPacket[] packets)
    {
        using var looking = new Looking(look);
        _feed.Give(looking, packets);
        Assert.Equal(packets.Length, looking.Seen);
    }

    private sealed class Looking(Look look) : PacketHandler
    {
        public int Seen { get; private set; }

        public override void Consume(scoped PacketBatch batch)
        {
            foreach (var packet in batch)
            {
                look(packet);
                Seen++;
            }
        }
    }
}
