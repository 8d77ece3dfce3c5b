using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Consumers.Flows;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Tests.Pages;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers.Flows;

public sealed class ReleaseAfterTests : IDisposable
{
    private static readonly NicInterface Wire = new(0, "wire0", LinkType.Ethernet, 0);

    private readonly OnePacketPages _pages = new();
    private readonly PacketAccount _account = new("test", AccountKind.Consumer);
    private readonly ReleasedFlows _flows = new();
    private readonly FlowReleaser _releaser;

    public ReleaseAfterTests()
    {
        _releaser = _flows.For("test")!;
        _releaser.IsOfUse = true;
    }

    [Fact]
    public void A_flow_is_released_at_the_packet_that_is_enough_of_both_directions()
    {
        var after = new ReleaseAfter(new ReleaseAfterOptions { Packets = 3 });

        Count(after, Packet(1), Packet(2), Packet(1, back: true));
        Assert.True(_flows.IsEmpty);
        Count(after, Packet(1));

        Assert.Equal((1, 3), (_flows.Count, Assert.Single(_flows.Latest(9)).Seen));
    }

    [Fact]
    public void A_flow_is_released_at_the_bytes_that_are_enough()
    {
        var after = new ReleaseAfter(new ReleaseAfterOptions { Packets = 100, Bytes = (2 * 42) + 1 });

        Count(after, Packet(1), Packet(1));
        Assert.True(_flows.IsEmpty);
        Count(after, Packet(1));

        Assert.Equal(1, _flows.Count);
    }

    [Fact]
    public void A_flow_that_was_taken_back_is_counted_from_the_start()
    {
        var after = new ReleaseAfter(new ReleaseAfterOptions { Packets = 2 });
        Count(after, Packet(1), Packet(1));
        _flows.Remove($"{_flows.Latest(1)[0].Id}");

        Count(after, Packet(1));
        Assert.True(_flows.IsEmpty);
        Count(after, Packet(1, back: true));

        Assert.Equal(1, _flows.Count);
    }

    [Fact]
    public void A_batch_says_which_of_its_packets_came_too_late()
    {
        using var bundle = _pages.Receive(Wire, _account, Packet(1), Packet(2), Packet(1, back: true));
        var batch = new PacketBatch(bundle, _releaser);

        Assert.True(batch.Release(batch.Packets[0], TimeSpan.FromSeconds(1)));

        Assert.Equal((true, false, true), (batch.IsReleased(batch.Packets[0]), batch.IsReleased(batch.Packets[1]), batch.IsReleased(batch.Packets[2])));
    }

    [Fact]
    public void Where_no_route_heeds_it_nothing_is_released()
    {
        _releaser.IsOfUse = false;
        using var bundle = _pages.Receive(Wire, _account, Packet(1));

        var heeded = new PacketBatch(bundle, _releaser).Release(bundle.Packets[0], TimeSpan.FromSeconds(1));

        Assert.False(heeded || new PacketBatch(bundle).Release(bundle.Packets[0], TimeSpan.FromSeconds(1)));
        Assert.True(_flows.IsEmpty);
    }

    [Fact]
    public void A_table_of_flows_says_what_it_saw_and_what_was_released()
    {
        using var table = new FlowsConsumer(null, new FlowOptions(), new HandlerContext("test"));
        using var bundle = _pages.Receive(Wire, _account, Packet(1), Packet(2), Packet(1, back: true));
        var batch = new PacketBatch(bundle, _releaser);
        batch.Release(batch.Packets[0], TimeSpan.FromSeconds(1));
        table.Consume(batch);
        var flow = _flows.Latest(1)[0];
        flow.CountPassed(_releaser.Bit, 60);
        flow.CountCopy(_releaser.Bit, 50);
        _flows.Release(LinkType.Ethernet, Packet(1), 0, _flows.For("another")!.Bit, TimeSpan.FromSeconds(1), seen: 0);
        flow.CountCopy(_flows.For("another")!.Bit, 1000);

        var text = new StringWriter();
        table.TakeReport(9).Write(text);

        var lines = text.ToString().Split("\r\n")[1..^1].Select(l => l.Split(',')).ToList();
        Assert.Equal(["1 1 2 110", "1 0 0 0"], lines.Select(l => $"{l[6]} {l[8]} {l[^2]} {l[^1]}"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(86_401)]
    public void A_time_out_of_range_is_refused(int seconds)
    {
        using var bundle = _pages.Receive(Wire, _account, Packet(1));

        Assert.Throws<ArgumentOutOfRangeException>(() => new PacketBatch(bundle, _releaser).Release(bundle.Packets[0], TimeSpan.FromSeconds(seconds)));
    }

    public void Dispose() => _pages.Dispose();

    private void Count(ReleaseAfter after, params byte[][] packets)
    {
        using var bundle = _pages.Receive(Wire, _account, packets);
        after.Count(new PacketBatch(bundle, _releaser));
    }

    private static byte[] Packet(int flow, bool back = false) =>
        back ? IpPackets.Udp("10.0.0.2", 53, "10.0.0.1", flow) : IpPackets.Udp("10.0.0.1", flow, "10.0.0.2", 53);
}
