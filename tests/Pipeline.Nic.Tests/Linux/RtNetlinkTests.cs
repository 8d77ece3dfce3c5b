using Pipeline.Nic.Linux;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Linux;

public class RtNetlinkTests
{
    [Fact]
    public void Loopback_is_found_by_name_and_by_number()
    {
        using var netlink = RtNetlink.Open();
        var byName = netlink.Find("lo");
        Assert.NotNull(byName);
        Assert.Equal(NetDevice.ARPHRD_LOOPBACK, byName.Hardware);
        Assert.Equal(byName.Index, netlink.Find(byName.Index)?.Index);
        Assert.Contains(netlink.All(), l => l.Name == "lo");
        Assert.Null(byName.Kind);
    }

    [Theory]
    [InlineData("nothing-there")]
    [InlineData("a-name-that-is-longer-than-any")]
    [InlineData("")]
    public void A_name_that_nobody_has_is_not_found(string name)
    {
        using var netlink = RtNetlink.Open();
        Assert.Null(netlink.Find(name));
    }

    [FactThatNeeds(Need.Root)]
    public void A_veth_pair_tells_its_peer_its_queues_and_what_it_counted()
    {
        using var wire = new VethWire();
        using var netlink = RtNetlink.Open();
        wire.Send(new byte[64]);
        wire.Send(new byte[64]);
        var near = netlink.Find(wire.Near)!;
        Assert.Equal("veth", near.Kind);
        Assert.Equal(wire.Index, near.Index);
        Assert.True(near is { IsUp: true, HasCarrier: true, Mtu: 1500, Xdp: XdpAttached.None, XdpProgram: 0, RxQueues: > 0, TxQueues: > 0 });
        Assert.True(near.Below > 0);
        Assert.NotNull(near.BelowNamespace);
        Assert.Equal(6, near.Address.Length);
        Assert.True(near.Statistics.rx_packets >= 2, $"{near.Statistics}");
    }

    [FactThatNeeds(Need.Root)]
    public void News_come_when_an_interface_goes_down_and_when_it_is_deleted()
    {
        using var wire = new VethWire();
        using var watch = LinkWatch.Open();
        watch.TakeNews();
        Assert.False(watch.TakeNews());
        wire.SetUp(false);
        Assert.True(Poll.IsReadable(watch.Descriptor, 10_000));
        Assert.True(watch.TakeNews());
        wire.Delete();
        Assert.True(Poll.IsReadable(watch.Descriptor, 10_000));
        Assert.True(watch.TakeNews());
        wire.Make();
    }
}
