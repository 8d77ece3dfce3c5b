using Pipeline.Actors.Configuration;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Accounts;
using Xunit;

namespace Pipeline.Actors.Tests.Routing;

/// <summary>Routes come and go between two bundles, while packets of the earlier ones are under way.</summary>
public sealed class RouteExchangeSpecs
{
    private static readonly RouteOptions One = new() { To = "one", Mark = 1, MarkMask = uint.MaxValue };
    private static readonly RouteOptions Tap = new() { To = "tap", Copy = true };

    public static TheoryData<bool> BothPools => [false, true];

    [Theory]
    [MemberData(nameof(BothPools))]
    public void A_route_that_is_added_gets_its_packets_from_the_next_bundle_on(bool onePacketToAPage)
    {
        using var source = Source(onePacketToAPage);
        using var bench = new ScatterBench(source, [One]);
        bench.Route(source.Bundle(1, 0));

        bench.Exchange(Tap, One);
        bench.Route(source.Bundle(0, 1));

        Assert.Equal([2, 3], bench["tap"].Numbers);
        Assert.Equal([0, 3], bench["one"].Numbers);
        Assert.Equal(2, bench.Settle().CopiesDelivered.Packets);
    }

    [Theory]
    [MemberData(nameof(BothPools))]
    public void A_route_that_is_taken_away_sends_what_it_holds_and_gets_nothing_more(bool onePacketToAPage)
    {
        using var source = Source(onePacketToAPage);
        using var bench = new ScatterBench(source, [Tap, One]);
        bench.Scatter.Route(source.Bundle(1, 0));

        bench.Exchange(One);
        bench.Route(source.Bundle(0, 1));

        Assert.Equal([0, 1], bench["tap"].Numbers);
        Assert.Equal([0, 3], bench["one"].Numbers);
        bench.Settle();
    }

    [Fact]
    public void A_lane_has_left_when_all_that_it_sent_has_been_consumed_and_a_call_says_when_to_look()
    {
        using var source = PacketSource.ManyToAPage();
        using var bench = new ScatterBench(source, [Tap]);
        var woken = 0;
        bench.Scatter.WakeBy(() => woken++);
        bench.Route(source.Bundle(0, 0));

        bench.Exchange();

        Assert.Equal((false, 0), (bench.Scatter.HasLeft, woken));
        bench["tap"].DisposeAll();
        bench.Scatter.ReleaseLeft();
        Assert.Equal((true, 1), (bench.Scatter.HasLeft, woken));
        bench.Settle();
    }

    [Fact]
    public void Nothing_that_was_held_back_is_lost_with_its_route()
    {
        using var source = PacketSource.OneToAPage(pages: 16);
        using var bench = new ScatterBench(source, [new RouteOptions { To = "slow", Mark = 1, MarkMask = 1, Overload = Overload.DropOld, Share = 0.5 }], bundlePackets: 1);
        for (var i = 0; i < 6; i++) bench.Route(source.Bundle(1));

        bench.Exchange();

        Assert.Equal([0, 1, 2, 3, 4, 5], bench["slow"].Numbers);
        bench.Settle();
    }

    [Fact]
    public void A_lane_of_both_plans_goes_on_with_the_bundle_it_fills()
    {
        using var source = PacketSource.OneToAPage();
        using var bench = new ScatterBench(source, [One], bundlePackets: 4);
        bench.Scatter.Route(source.Bundle(1, 1));

        bench.Exchange(Tap, One);
        bench.Scatter.Route(source.Bundle(1, 1));

        Assert.Equal(4, Assert.Single(bench["one"].Bundles).Count);
        bench.Settle();
    }

    [Fact]
    public void A_router_that_stops_has_nothing_left_of_routes_that_went_before()
    {
        using var source = PacketSource.ManyToAPage();
        using var bench = new ScatterBench(source, [Tap, One]);
        bench.Scatter.Route(source.Bundle(1, 1, 0));
        bench.Exchange(One);

        bench.Scatter.DropAll(DropReason.Shutdown);

        Assert.Equal(2, bench.Dropped("one", DropReason.Shutdown));
        bench.Settle();
    }

    private static PacketSource Source(bool onePacketToAPage) => onePacketToAPage ? PacketSource.OneToAPage() : PacketSource.ManyToAPage();
}
