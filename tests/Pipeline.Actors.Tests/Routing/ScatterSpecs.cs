using System.Diagnostics;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Headers;
using Xunit;

namespace Pipeline.Actors.Tests.Routing;

public sealed class ScatterSpecs
{
    private static readonly RouteOptions One = To("one", 1);
    private static readonly RouteOptions Two = To("two", 2);

    public static TheoryData<bool> BothPools => [false, true];

    [Theory]
    [MemberData(nameof(BothPools))]
    public void Each_consumer_gets_its_packets_in_their_order(bool onePacketToAPage)
    {
        using var source = Source(onePacketToAPage);
        using var bench = new ScatterBench(source, [One, Two]);

        bench.Route(source.Bundle(1, 2, 0, 1, 1, 2, 0));
        bench.Route(source.Bundle(2, 1, 0, 0));

        Assert.Equal([0, 3, 4, 8], bench["one"].Numbers);
        Assert.Equal([1, 5, 7], bench["two"].Numbers);
        Assert.Equal([2, 6, 9, 10], bench["stack"].Numbers);
        bench.Settle();
    }

    [Theory]
    [MemberData(nameof(BothPools))]
    public void Copies_made_by_the_device_go_to_routes_that_copy_alone_and_the_pages_of_those_that_nobody_wants_come_home(bool onePacketToAPage)
    {
        using var source = Source(onePacketToAPage);
        using var bench = new ScatterBench(source, [One with { To = "copies", Copy = true }, One, Two], isOfCopies: true);

        bench.Route(source.Bundle(1, 2, 0, 1));
        bench.Route(source.Bundle(2, 2, 2));
        bench.Route(source.Bundle(1, 1, 1, 1));

        Assert.Equal([0, 3, 7, 8, 9, 10], bench["copies"].Numbers);
        foreach (var group in (string[])["one", "two", "stack"]) Assert.Empty(bench[group].Numbers);
        Assert.Equal((11, 0), (bench.Books.Received.Packets, bench.Books.Delivered.Packets));
        foreach (var target in bench.Targets) target.DisposeAll();
        Assert.True(bench.Books.PagesHome);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_bundle_of_which_all_goes_one_way_is_sent_on_itself_whatever_its_marks(bool isOnlyRoute)
    {
        using var source = PacketSource.ManyToAPage(packetsToAPage: 64, bundlePackets: 16);
        using var bench = new ScatterBench(source, isOnlyRoute ? [] : [One]);
        var bundle = source.Bundle(2, 3, 3, 0, 4, 2, 0, 5, 5, 6);

        bench.Route(bundle);

        Assert.Same(bundle, Assert.Single(bench["stack"].Bundles));
        bench.Settle();
    }

    [Theory]
    [MemberData(nameof(BothPools))]
    public void A_route_that_is_alone_takes_bundles_of_several_pages(bool onePacketToAPage)
    {
        using var source = Source(onePacketToAPage);
        using var bench = new ScatterBench(source, []);

        bench.Route(source.Bundle(1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
        bench.Route(source.Bundle(1));

        Assert.Equal(Enumerable.Range(0, 11).Select(n => (long)n), bench["stack"].Numbers);
        bench.Settle();
    }

    [Theory]
    [MemberData(nameof(BothPools))]
    public void Nothing_is_sent_before_a_bundle_is_full_or_flushed(bool onePacketToAPage)
    {
        using var source = Source(onePacketToAPage);
        using var bench = new ScatterBench(source, [One], bundlePackets: 4);

        bench.Scatter.Route(source.Bundle(1, 1, 1));
        Assert.Empty(bench["one"].Bundles);

        bench.Scatter.Route(source.Bundle(1, 1));
        Assert.Equal([4], bench["one"].Bundles.Select(b => b.Count));

        bench.Scatter.Flush();
        Assert.Equal([4, 1], bench["one"].Bundles.Select(b => b.Count));
        bench.Settle();
    }

    [Fact]
    public void Only_bundles_that_are_too_old_are_flushed_for_it()
    {
        using var source = Source(true);
        using var bench = new ScatterBench(source, [One]);
        var bundle = source.Bundle(1);
        bundle.StartedAt = 1000;
        bench.Scatter.Route(bundle);

        bench.Scatter.FlushStartedBefore(1000);
        Assert.Empty(bench["one"].Bundles);

        bench.Scatter.FlushStartedBefore(1001);
        Assert.Single(bench["one"].Bundles);
        bench.Settle();
    }

    [Fact]
    public void A_bundle_is_as_old_as_its_first_packet()
    {
        using var source = Source(true);
        using var bench = new ScatterBench(source, [One]);
        var (first, second) = (source.Bundle(1), source.Bundle(1));
        (first.StartedAt, second.StartedAt) = (1000, 2000);

        bench.Scatter.Route(first);
        bench.Route(second);

        Assert.Equal(1000, Assert.Single(bench["one"].Bundles).StartedAt);
        bench.Settle();
    }

    [Theory]
    [MemberData(nameof(BothPools))]
    public void A_copy_and_its_packet_each_hold_the_page(bool onePacketToAPage)
    {
        using var source = Source(onePacketToAPage);
        using var bench = new ScatterBench(source, [One with { Copy = true, To = "seen" }, One]);
        bench.Route(source.Bundle(1, 1));
        var pages = source.Pool.Outstanding;

        bench["one"].DisposeAll();
        Assert.Equal(pages, source.Pool.Outstanding);

        bench["seen"].DisposeAll();
        Assert.Equal(0, source.Pool.Outstanding);
    }

    [Theory]
    [MemberData(nameof(BothPools))]
    public void A_copy_is_counted_beside_its_packet_and_not_as_one(bool onePacketToAPage)
    {
        using var source = Source(onePacketToAPage);
        using var bench = new ScatterBench(source, [One with { Copy = true, To = "seen" }, One]);

        bench.Route(source.Bundle(1, 2, 1));

        var books = bench.Settle();
        Assert.Equal((3, 2, 1, 2), (books.Received.Packets, books.Delivered.Packets, books.Passed.Packets, books.CopiesDelivered.Packets));
    }

    [Theory]
    [MemberData(nameof(BothPools))]
    public void A_packet_may_be_copied_to_the_consumer_that_it_goes_to(bool onePacketToAPage)
    {
        using var source = Source(onePacketToAPage);
        using var bench = new ScatterBench(source, [One with { Copy = true }, One]);

        bench.Route(source.Bundle(1, 1));

        Assert.Equal([0, 0, 1, 1], bench["one"].Numbers.Order());
        var books = bench.Settle();
        Assert.Equal((2, 2), (books.Delivered.Packets, books.CopiesDelivered.Packets));
    }

    [Theory]
    [MemberData(nameof(BothPools))]
    public void Another_interface_begins_another_bundle(bool onePacketToAPage)
    {
        using var source = Source(onePacketToAPage);
        using var bench = new ScatterBench(source, [One]);
        var other = new NicInterface(1, "wire1", LinkType.RawIp, 0);

        bench.Scatter.Route(source.Bundle(1));
        bench.Scatter.Route(source.Bundle(other, 1, 1));
        bench.Route(source.Bundle(1));

        Assert.Equal(["wire0", "wire1", "wire0"], bench["one"].Bundles.Select(b => b.Interface.Name));
        bench.Settle();
    }

    [Theory]
    [MemberData(nameof(BothPools))]
    public void Another_generation_of_rules_begins_another_bundle(bool onePacketToAPage)
    {
        using var source = Source(onePacketToAPage);
        using var bench = new ScatterBench(source, [One]);

        bench.Scatter.Route(source.Bundle(PacketSource.Wire, 1, 1));
        bench.Scatter.Route(source.Bundle(PacketSource.Wire, 2, 1));
        bench.Route(source.Bundle(PacketSource.Wire, 2, 1));

        Assert.Equal([(1, 1), (2, 2)], bench["one"].Bundles.Select(b => (b.Generation, b.Count)));
        bench.Settle();
    }

    [Fact]
    public void Bundles_of_a_lane_are_numbered_one_after_the_other()
    {
        using var source = Source(true);
        using var bench = new ScatterBench(source, [One], bundlePackets: 2);

        bench.Route(source.Bundle(1, 1, 1, 1, 1));

        var first = bench["one"].Bundles[0].Sequence;
        Assert.Equal([first, first + 1, first + 2], bench["one"].Bundles.Select(b => b.Sequence));
        bench.Settle();
    }

    [Fact]
    public void Pages_of_one_packet_move_without_a_copy()
    {
        using var source = PacketSource.OneToAPage();
        using var bench = new ScatterBench(source, [One]);
        var bundle = source.Bundle(1, 0, 1);
        var offsets = bundle.Packets.ToArray().Select(p => p.Offset).ToList();

        bench.Route(bundle);

        Assert.Equal([offsets[0], offsets[2]], bench["one"].Bundles[0].Packets.ToArray().Select(p => p.Offset));
        Assert.Equal(3, source.Pool.Outstanding);
        bench.Settle();
    }

    [Theory]
    [MemberData(nameof(BothPools))]
    public void What_it_holds_is_dropped_with_the_reason_given(bool onePacketToAPage)
    {
        using var source = Source(onePacketToAPage);
        using var bench = new ScatterBench(source, [One]);
        bench.Scatter.Route(source.Bundle(1, 0, 1));

        bench.Scatter.DropAll(DropReason.Shutdown);

        Assert.Equal((2, 1), (bench.Dropped("one", DropReason.Shutdown), bench.Dropped("stack", DropReason.Shutdown)));
        bench.Settle();
    }

    [Fact]
    public void With_nothing_to_go_on_with_it_goes_on()
    {
        using var source = Source(true);
        using var bench = new ScatterBench(source, [One]);

        Assert.True(bench.Scatter.Continue());
        Assert.False(bench.Scatter.IsBlocked);
    }

    [Fact]
    public void Warm_it_allocates_nothing()
    {
        using var source = PacketSource.OneToAPage();
        using var bench = new ScatterBench(source, [One, Two with { Copy = true }]);

        Assert.Contains(0, Enumerable.Range(0, 6).Select(_ => RouteAndConsume(source, bench)));
    }

    /// <returns>Bytes that the routing allocated.</returns>
    private static long RouteAndConsume(PacketSource source, ScatterBench bench)
    {
        var bundle = source.Bundle(Marks);
        bundle.StartedAt = Stopwatch.GetTimestamp();
        var before = GC.GetAllocatedBytesForCurrentThread();
        bench.Scatter.Route(bundle);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        bench.Scatter.Flush();
        foreach (var target in bench.Targets) target.DisposeAll();
        return allocated;
    }

    private static readonly uint[] Marks = [.. Enumerable.Range(0, 48).Select(i => (uint)(i % 4))];

    private static PacketSource Source(bool onePacketToAPage) => onePacketToAPage ? PacketSource.OneToAPage() : PacketSource.ManyToAPage();

    private static RouteOptions To(string name, uint mark) => new() { To = name, Mark = mark, MarkMask = uint.MaxValue, Share = 1 };
}
