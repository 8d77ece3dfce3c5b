using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.AfPacket;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Tests.Devices.Contract;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.AfPacket;

public sealed class PreFilterTests
{
    private const Need Needs = Need.Root | Need.Libpcap;

    [TheoryThatNeeds(Needs)]
    [InlineData("udp port 1000", 1)]
    [InlineData("udp port 1000", 3)]
    [InlineData("udp port 1000 and not vlan", 1)]
    [InlineData("ether[0] == 2 and udp port 1000", 1)]
    public void Only_what_matches_and_what_has_a_tag_comes_up(string expression, int queues)
    {
        using var device = new OnVeth(OnVeth.Small with { PreFilter = expression, Queues = queues });
        var packets = Flows.Of(3, packetsEach: 2);

        device.Send(packets);
        device.Send([Tagged(packets[1])]);

        Assert.Equal([packets[0], packets[3], Tagged(packets[1])], All(device));
    }

    [TheoryThatNeeds(Needs)]
    [InlineData("vlan 5")]
    [InlineData("vlan and udp port 1001")]
    [InlineData("ether[12:2] = 0x8100")]
    public void A_question_about_a_tag_that_the_kernel_took_out_loses_no_packet_that_has_it(string expression)
    {
        using var device = new OnVeth(OnVeth.Small with { PreFilter = expression });
        var packets = Flows.Of(2, packetsEach: 1);

        device.Send([packets[0], Tagged(packets[1])]);

        Assert.Equal([Tagged(packets[1])], All(device));
    }

    [FactThatNeeds(Needs)]
    public void What_this_host_sends_is_kept_out_though_it_matches()
    {
        using var device = new OnVeth(OnVeth.Small with { PreFilter = "udp" });
        var packets = Flows.Of(2, packetsEach: 1);

        device.Wire.SendOut(packets[0]);
        device.Wire.SendOut(Tagged(packets[0]));
        device.Send(packets[1..]);

        Assert.Equal(packets[1..], All(device));
    }

    [FactThatNeeds(Needs)]
    public void An_expression_that_is_none_is_refused_and_so_is_one_that_a_socket_does_not_take()
    {
        using var wire = new VethWire();
        var tooLong = string.Join(" or ", Enumerable.Range(0, 450).Select(i => $"port {i + 1}"));

        Assert.Throws<FilterException>(() => AfPacketNic.Open(wire.Near, new AfPacketOptions { PreFilter = "udp prt 53" }));
        var error = Assert.Throws<FilterException>(() => AfPacketNic.Open(wire.Near, new AfPacketOptions { PreFilter = tooLong }));
        Assert.EndsWith("instructions, and a socket takes 4090 of them; select in software instead", error.Message);
    }

    private static byte[] Tagged(byte[] packet) => [.. packet[..12], 0x81, 0, 0, 5, .. packet[12..]];

    private static List<byte[]> All(OnVeth device)
    {
        foreach (var queue in device.Nic.Queues) queue.Drain();
        return [.. device.Nic.Queues.SelectMany(Received).OrderBy(p => p[12] == 0x81).ThenBy(p => Flows.NumberOf(p))];
    }

    private static List<byte[]> Received(INicQueue queue)
    {
        using var reader = new QueueReader(queue);
        Assert.Equal(ReceiveStatus.End, reader.ReceiveUntil(() => false));
        return reader.Packets;
    }
}
