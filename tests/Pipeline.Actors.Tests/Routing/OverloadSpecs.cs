using Pipeline.Actors.Configuration;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Xunit;

namespace Pipeline.Actors.Tests.Routing;

/// <summary>A share of two pages of eight, sixteen packets to a page, and a consumer that gives nothing back until it is told to.</summary>
public sealed class OverloadSpecs : IDisposable
{
    private static readonly RouteOptions Slow = new() { To = "slow", Mark = 1, MarkMask = uint.MaxValue, Share = 0.25 };

    private readonly PacketSource _source = PacketSource.ManyToAPage(pages: 8, packetsToAPage: 16);

    public void Dispose() => _source.Dispose();

    [Fact]
    public void Drop_new_drops_what_comes_beyond_the_share_and_counts_it()
    {
        using var bench = Bench(Overload.DropNew);

        for (var i = 0; i < 4; i++) Assert.True(bench.Route(Ones(16)));

        Assert.Equal(Enumerable.Range(0, 32).Select(n => (long)n), bench["slow"].Numbers);
        Assert.Equal(32, bench.Dropped("slow", DropReason.ShareExceeded));
        bench.Settle();
    }

    [Fact]
    public void A_copy_that_is_dropped_is_not_a_packet_that_is_dropped()
    {
        using var bench = new ScatterBench(_source, [Slow with { Copy = true, Overload = Overload.DropNew }]);

        for (var i = 0; i < 3; i++) bench.Route(Ones(16));

        Assert.Equal(16, bench.CopiesDropped("slow", DropReason.ShareExceeded));
        var books = bench.Settle();
        Assert.Equal((48, 32, 16), (books.Passed.Packets, books.CopiesDelivered.Packets, books.CopiesDropped.Packets));
    }

    [Fact]
    public void A_stuck_consumer_holds_its_share_and_not_a_page_more_while_another_runs_on()
    {
        using var bench = Bench(Overload.DropNew);

        for (var i = 0; i < 20; i++)
        {
            bench.Route(_source.Bundle([.. Enumerable.Range(0, 32).Select(p => (uint)(p / 16))]));
            bench["stack"].DisposeAll();
        }

        Assert.Equal(2, _source.Pool.Outstanding);
        Assert.Equal(320, bench["stack"].Numbers.Count);
        bench.Settle();
    }

    [Fact]
    public void Wait_stands_still_beyond_the_share_and_says_what_for()
    {
        using var bench = Bench(Overload.Wait);
        for (var i = 0; i < 2; i++) bench.Route(Ones(16));

        Assert.False(bench.Route(Ones(16)));

        Assert.True(bench.Scatter.IsBlocked);
        Assert.Same(bench.Lane("slow").Share, bench.Scatter.BlockedBy);
        bench["slow"].DisposeAll();
        Assert.True(bench.Scatter.Continue());
        bench.Settle();
    }

    [Fact]
    public void Wait_goes_on_where_it_stood_and_loses_and_doubles_nothing()
    {
        using var bench = Bench(Overload.Wait);
        bench.Route(_source.Bundle([.. Enumerable.Repeat(1u, 48)]));
        Assert.Equal(32, bench["slow"].Numbers.Count);

        bench["slow"].DisposeAll();

        Assert.True(bench.Scatter.Continue());
        bench.Settle();
        Assert.Equal(Enumerable.Range(0, 48).Select(n => (long)n), bench["slow"].Numbers);
    }

    [Fact]
    public void Wait_sends_what_it_holds_itself_before_it_stands_still()
    {
        using var bench = Bench(Overload.Wait, bundlePackets: 1000);
        for (var i = 0; i < 2; i++) bench.Scatter.Route(Ones(16));
        Assert.Empty(bench["slow"].Bundles);

        Assert.False(bench.Scatter.Route(Ones(16)));

        Assert.Equal(32, bench["slow"].Numbers.Count);
        bench["slow"].DisposeAll();
        bench.Scatter.Continue();
        bench.Settle();
    }

    [Fact]
    public void Wait_asked_again_too_early_still_waits()
    {
        using var bench = Bench(Overload.Wait);
        for (var i = 0; i < 3; i++) bench.Route(Ones(16));

        Assert.False(bench.Scatter.Continue());
        Assert.True(bench.Scatter.IsBlocked);

        bench["slow"].DisposeAll();
        bench.Scatter.Continue();
        bench.Settle();
    }

    [Fact]
    public void A_wake_up_asked_for_comes_when_half_of_the_share_is_free()
    {
        using var bench = Bench(Overload.Wait);
        for (var i = 0; i < 3; i++) bench.Route(Ones(16));
        var woken = 0;
        bench.Scatter.BlockedBy!.WakeAtLowWater(() => woken++);
        Assert.Equal(0, woken);

        bench["slow"].DisposeAt(0);

        Assert.Equal(1, woken);
        bench.Scatter.Continue();
        bench.Settle();
    }

    [Fact]
    public void What_waits_when_the_source_is_dropped_is_counted_once()
    {
        using var bench = Bench(Overload.Wait);
        bench.Route(_source.Bundle([.. Enumerable.Repeat(1u, 48)]));

        bench.Scatter.DropSource(DropReason.DeadLetter);

        Assert.False(bench.Scatter.IsBlocked);
        Assert.Equal(16, _source.Lost.DroppedTally(DropReason.DeadLetter).Packets);
        bench.Settle();
    }

    [Fact]
    public void Drop_old_evicts_what_the_router_still_holds()
    {
        using var bench = Bench(Overload.DropOld, bundlePackets: 1000);

        for (var i = 0; i < 3; i++) bench.Scatter.Route(Ones(16));

        Assert.Equal(32, bench.Dropped("slow", DropReason.DropOld));
        bench.Settle();
        Assert.Equal(Enumerable.Range(32, 16).Select(n => (long)n), bench["slow"].Numbers);
    }

    [Fact]
    public void Drop_old_never_takes_back_what_was_sent()
    {
        using var bench = Bench(Overload.DropOld);

        for (var i = 0; i < 3; i++) bench.Route(Ones(16));

        Assert.Equal(Numbers(0, 16), bench["slow"].Numbers);
        Assert.Equal((16, 0), (bench.Dropped("slow", DropReason.DropOld), bench.Dropped("slow", DropReason.ShareExceeded)));
        bench.Settle();
    }

    [Theory]
    [InlineData(Overload.DropNew, 16)]
    [InlineData(Overload.DropOld, 144)]
    public void A_consumer_that_was_stuck_goes_on_with_the_oldest_or_with_the_newest(Overload overload, long first)
    {
        using var bench = Bench(overload);
        for (var i = 0; i < 10; i++) bench.Route(Ones(16));

        bench["slow"].DisposeAll();
        bench.Scatter.SendHeld();

        // The first sixteen were on their way before it was stuck; of the ten, two fit into the share.
        Assert.Equal([.. Numbers(0, 16), .. Numbers(first, 16)], bench["slow"].Numbers);
        Assert.Equal(128, bench.Dropped("slow", overload == Overload.DropOld ? DropReason.DropOld : DropReason.ShareExceeded));
        bench.Settle();
    }

    [Fact]
    public void Drop_old_holds_nothing_back_while_there_is_room()
    {
        using var source = PacketSource.ManyToAPage(pages: 64, packetsToAPage: 16);
        using var bench = new ScatterBench(source, [Slow with { Overload = Overload.DropOld }], bundlePackets: 16);

        for (var i = 0; i < 8; i++) bench.Route(source.Bundle([.. Enumerable.Repeat(1u, 16)]));

        Assert.Equal(Numbers(0, 128), bench["slow"].Numbers);
        bench.Settle();
    }

    [Fact]
    public void What_drop_old_held_back_goes_when_half_of_what_is_out_is_home()
    {
        using var source = PacketSource.OneToAPage(pages: 64);
        using var bench = new ScatterBench(source, [new RouteOptions { To = "slow", Overload = Overload.DropOld, Share = 0.5 }], bundlePackets: 4);
        var woken = 0;
        bench.Scatter.WakeBy(() => woken++);
        for (var i = 0; i < 8; i++) bench.Route(source.Bundle(0, 0, 0, 0));
        Assert.Equal((4, 0), (bench["slow"].Bundles.Count, woken));

        for (var i = 0; i < 2; i++) bench["slow"].DisposeAt(0);
        Assert.Equal(1, woken);
        bench.Scatter.SendHeld();

        Assert.Equal(Numbers(0, 24), bench["slow"].Numbers);
        bench.Settle();
        Assert.Equal(Numbers(0, 32), bench["slow"].Numbers);
    }

    [Fact]
    public void To_stack_diverts_what_comes_beyond_the_share()
    {
        using var bench = Bench(Overload.ToStack);

        for (var i = 0; i < 3; i++) bench.Route(Ones(16));

        Assert.Equal(Enumerable.Range(32, 16).Select(n => (long)n), bench["stack"].Numbers);
        var books = bench.Settle();
        Assert.Equal((32, 16, 0), (books.Delivered.Packets, books.Passed.Packets, books.Dropped.Packets));
    }

    [Fact]
    public void To_stack_diverts_to_the_stack_also_where_another_route_takes_everything_else()
    {
        using var bench = new ScatterBench(_source, [Slow with { Overload = Overload.ToStack }, new RouteOptions { To = "rest" }]);

        for (var i = 0; i < 3; i++) bench.Route(Ones(16));

        var books = bench.Settle();
        Assert.Equal((32, 16, 0), (books.Delivered.Packets, books.Passed.Packets, books.Dropped.Packets));
        Assert.Empty(bench["rest"].Numbers);
    }

    [Fact]
    public void To_stack_keeps_the_stack_in_order()
    {
        using var bench = Bench(Overload.ToStack);
        for (var i = 0; i < 2; i++) bench.Route(Ones(16));

        bench.Route(_source.Bundle(0, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 0));

        Assert.Equal(Enumerable.Range(32, 12).Select(n => (long)n), bench["stack"].Numbers);
        bench.Settle();
    }

    [Fact]
    public void A_lane_has_no_more_bundles_out_than_its_limit()
    {
        using var bench = new ScatterBench(_source, [Slow with { Overload = Overload.DropNew, Share = 1 }], bundleLimit: 6);

        for (var i = 0; i < 5; i++) bench.Route(Ones(1));

        // Half of the limit is kept for bundles of copied packets.
        Assert.Equal(3, bench["slow"].Bundles.Count);
        Assert.Equal(2, bench.Dropped("slow", DropReason.ShareExceeded));
        bench.Settle();
    }

    [Fact]
    public void A_copy_route_told_to_divert_to_the_stack_drops_instead()
    {
        var nic = new FakeNic(0);
        var setup = Runs.Setup(nic, [Slow with { Copy = true, Overload = Overload.ToStack }, Slow with { Overload = Overload.ToStack }], ("slow", () => new RecordingConsumer([])));

        var topology = Topology.Build(setup, Nic.Rules.MarkTable.Compile(setup.Rules));

        Assert.Equal([Overload.DropNew, Overload.ToStack], topology.Queues[0].Router.Scatter.Lanes.Take(2).Select(l => l.Overload));
        nic.Dispose();
    }

    [Theory]
    [InlineData(true, Overload.Wait)]
    [InlineData(false, Overload.DropNew)]
    public void A_route_that_says_nothing_waits_where_the_source_may_and_drops_elsewhere(bool mayWait, Overload expected)
    {
        var nic = new FakeNic(0) { Traits = new SourceTraits { MayWait = mayWait } };
        var setup = Runs.Setup(nic, [Slow], ("slow", () => new RecordingConsumer([])));

        var topology = Topology.Build(setup, Nic.Rules.MarkTable.Compile(setup.Rules));

        Assert.All(topology.Queues[0].Router.Scatter.Lanes, l => Assert.Equal(expected, l.Overload));
        nic.Dispose();
    }

    private ScatterBench Bench(Overload overload, int bundlePackets = 16) =>
        new(_source, [Slow with { Overload = overload }], bundlePackets: bundlePackets);

    private static IEnumerable<long> Numbers(long first, int count) => Enumerable.Range(0, count).Select(n => first + n);

    private Nic.Pages.PageBundle Ones(int packets) => _source.Bundle([.. Enumerable.Repeat(1u, packets)]);
}
