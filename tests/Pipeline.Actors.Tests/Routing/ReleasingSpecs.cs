using CsCheck;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Consumers.Flows;
using Pipeline.Nic.Pages;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Actors.Tests.Routing;

/// <summary>What a router does with flows that consumers have seen enough of.</summary>
public sealed class ReleasingSpecs
{
    private const uint Mark = 1;

    private static readonly TimeSpan Idle = TimeSpan.FromHours(1);
    private static readonly RouteOptions Final = new() { To = "final", Mark = Mark, MarkMask = Mark, ReleasesToStack = true, Share = 1 };
    private static readonly RouteOptions Copied = new() { To = "copies", Copy = true, Share = 1 };

    private readonly ReleasedFlows _flows = new();

    public static TheoryData<bool> BothPools => [false, true];

    [Theory]
    [MemberData(nameof(BothPools))]
    public void A_released_flow_goes_to_the_stack_in_both_directions_and_is_counted(bool onePacketToAPage)
    {
        using var source = Source(onePacketToAPage);
        using var bench = Bench(source, Final);
        bench.Route(Bundle(source, 1, 2, 1));
        Release(bench, "final", flow: 1);

        bench.Route(Bundle(source, 1, 2, -1, 1, -2));

        Assert.Equal([0, 1, 2, 4, 7], bench["final"].Numbers);
        Assert.Equal([3, 5, 6], bench["stack"].Numbers);
        var books = bench.Settle();
        Assert.Equal((8, 5, 3, 3), (books.Received.Packets, books.Delivered.Packets, books.Passed.Packets, books.PassedReleased.Packets));
        Assert.Equal(3, Assert.Single(_flows.Latest(9)).Passed.Packets);
    }

    [Theory]
    [MemberData(nameof(BothPools))]
    public void A_release_ends_the_copies_of_who_released_and_of_nobody_else(bool onePacketToAPage)
    {
        using var source = Source(onePacketToAPage);
        using var bench = Bench(source, Copied, Copied with { To = "others" }, Final);
        bench.Route(Bundle(source, 1, 2));
        Release(bench, "copies", flow: 1);

        bench.Route(Bundle(source, 2, -1, 1));

        Assert.Equal([0, 1, 2], bench["copies"].Numbers);
        Assert.Equal([0, 1, 2, 3, 4], bench["others"].Numbers);
        Assert.Equal([0, 1, 2, 3, 4], bench["final"].Numbers);
        var books = bench.Settle();
        Assert.Equal((5, 0, 8, 2), (books.Delivered.Packets, books.PassedReleased.Packets, books.CopiesDelivered.Packets, books.CopiesReleased.Packets));
        Assert.Equal((2, 0), (Assert.Single(_flows.Latest(9)).Copies.Packets, _flows.Latest(9)[0].Passed.Packets));
    }

    [Fact]
    public void Copies_that_a_device_made_end_too_and_their_pages_come_home()
    {
        using var source = PacketSource.OneToAPage();
        using var bench = new ScatterBench(source, [Copied, Final], isOfCopies: true, released: _flows);
        bench.Route(Bundle(source, 1, 2));
        Release(bench, "copies", flow: 1);

        bench.Route(Bundle(source, 1, 1, 2, -1));
        bench.Route(Bundle(source, 1, 1));

        Assert.Equal([0, 1, 4], bench["copies"].Numbers);
        foreach (var target in bench.Targets) target.DisposeAll();
        Assert.True(bench.Books.PagesHome);
        Assert.Equal(5, bench.Books.CopiesReleased.Packets);
    }

    [Fact]
    public void What_a_final_route_does_not_give_up_goes_on_although_its_group_has_released_it_elsewhere()
    {
        using var source = Source(onePacketToAPage: true);
        using var bench = Bench(source, Copied with { To = "both", Mark = 2, MarkMask = 2 }, new RouteOptions { To = "both", Mark = Mark, MarkMask = Mark, Share = 1 });
        bench.Route(Bundle(source, 1));
        Release(bench, "both", flow: 1);

        bench.Route(source.BundleOf(1, (3, Udp(1)), (1, Udp(1)), (2, Udp(1))));

        Assert.Equal([0, 1, 2], bench["both"].Numbers);
        Assert.Equal([3], bench["stack"].Numbers);
        var books = bench.Settle();
        Assert.Equal((2, 0), (books.CopiesReleased.Packets, books.PassedReleased.Packets));
    }

    [Fact]
    public void What_cannot_be_given_to_the_stack_is_delivered_and_counted_as_late()
    {
        using var source = Source(onePacketToAPage: true);
        using var bench = new ScatterBench(source, [Final], released: _flows, passesReleased: false);
        bench.Route(Bundle(source, 1));
        Release(bench, "final", flow: 1);

        bench.Route(Bundle(source, 1, 2));

        Assert.Equal([0, 1, 2], bench["final"].Numbers);
        Assert.Equal((1, 0), (Assert.Single(_flows.Latest(9)).Late.Packets, _flows.Latest(9)[0].Passed.Packets));
        Assert.Equal((3, 0), (bench.Settle().Delivered.Packets, bench.Books.PassedReleased.Packets));
    }

    [Fact]
    public void Packets_of_other_rules_are_of_another_flow()
    {
        using var source = Source(onePacketToAPage: true);
        using var bench = Bench(source, Final);
        bench.Route(Bundle(source, 1));
        Release(bench, "final", flow: 1);

        bench.Route(source.BundleOf(2, (Mark, Udp(1))));
        bench.Route(source.BundleOf(1, (Mark, Udp(1))));

        Assert.Equal([0, 1], bench["final"].Numbers);
        Assert.Equal([2], bench["stack"].Numbers);
        bench.Settle();
    }

    [Fact]
    public void Packets_that_a_full_stack_refuses_are_dropped_and_not_passed()
    {
        using var source = PacketSource.OneToAPage(pages: 64);
        using var bench = new ScatterBench(source, [Final], bundleLimit: 2, bundlePackets: 1, released: _flows);
        bench.Route(Bundle(source, 1));
        Release(bench, "final", flow: 1);

        for (var i = 0; i < 20; i++) bench.Route(Bundle(source, 1));

        var books = bench.Settle();
        Assert.Equal(21, books.Delivered.Packets + books.Passed.Packets + books.Dropped.Packets);
        Assert.Equal((1, books.Passed), (books.Delivered.Packets, books.PassedReleased));
        Assert.InRange(books.Dropped.Packets, 1, 19);
        Assert.Equal(books.Passed, Assert.Single(_flows.Latest(9)).Passed);
    }

    /// <summary>
    /// Random flows and directions; a consumer of the final route and one of copies release after as many packets as chance says. A plain
    /// model says for each packet where it goes, and the books are the model's.
    /// </summary>
    [Fact]
    public void The_books_are_those_of_a_plain_model() =>
        Gen.Select(Gen.Bool, Gen.Int[1, 5], Gen.Int[1, 5], Gen.Int[1, 12], Gen.Select(Gen.Int[1, 12], Gen.Bool, Gen.UInt[0, 1]).Array[1, 12].Array[1, 12])
            .Sample((onePacketToAPage, enough, enoughCopies, room, bundles) =>
            {
                var flows = new ReleasedFlows(room);
                using var source = Source(onePacketToAPage);
                using var bench = new ScatterBench(source, [Copied, Final], released: flows);
                var (finals, copies) = (new Model(enough), new Model(enoughCopies));
                var (delivered, passed, made, ended) = (0, 0, 0, 0);
                foreach (var bundle in bundles)
                {
                    foreach (var (flow, _, mark) in bundle)
                    {
                        if (copies.IsReleased(flow)) ended++;
                        else made++;
                        if (mark == 0) continue;
                        if (finals.IsReleased(flow)) passed++;
                        else delivered++;
                    }

                    bench.Route(source.BundleOf(1, [.. bundle.Select(p => (p.Item3, Udp(p.Item2 ? -p.Item1 : p.Item1)))]));
                    Consume(bench, "copies", copies);
                    Consume(bench, "final", finals);
                    bench["stack"].DisposeAll();
                }

                var books = bench.Settle();
                return (books.Delivered.Packets, books.PassedReleased.Packets) == (delivered, passed)
                    && (books.CopiesDelivered.Packets, books.CopiesReleased.Packets) == (made, ended)
                    && books.Received.Packets == books.Delivered.Packets + books.Passed.Packets
                    && flows.Count <= room
                    && flows.Latest(int.MaxValue).Sum(f => f.Passed.Packets) == passed;
            });

    [Fact]
    public void Routing_released_flows_allocates_nothing_once_warm()
    {
        using var source = PacketSource.OneToAPage(pages: 256);
        using var bench = Bench(source, Copied, Final);
        bench.Route(Bundle(source, 1, 2));
        Release(bench, "final", flow: 1);
        Release(bench, "copies", flow: 1);
        var packets = new[] { (Mark, Udp(1)), (Mark, Udp(2)), (Mark, Udp(-1)) };

        Assert.Equal(0, Allocation.OnceWarm(Work));

        // What the lists of the test allocate is apart: bundles are dropped by the lanes before any is sent.
        void Work()
        {
            for (var i = 0; i < 50; i++)
            {
                bench.Scatter.Route(source.BundleOf(1, packets));
                bench.Scatter.DropAll(DropReason.Shutdown);
            }
        }
    }

    private ScatterBench Bench(PacketSource source, params RouteOptions[] routes) => new(source, routes, released: _flows);

    private static PacketSource Source(bool onePacketToAPage) => onePacketToAPage ? PacketSource.OneToAPage() : PacketSource.ManyToAPage(pages: 64);

    /// <summary>A packet for each flow, backwards where its number is negative.</summary>
    private static PageBundle Bundle(PacketSource source, params int[] flows) => source.BundleOf(1, [.. flows.Select(flow => (Mark, Udp(flow)))]);

    private static byte[] Udp(int flow)
    {
        var bytes = new byte[PacketSource.PacketBytes];
        FlowPackets.Write(bytes, queue: 0, Math.Abs(flow) + (flow < 0 ? FlowPackets.Flows : 0));
        return bytes;
    }

    private static int FlowOf(ReadOnlySpan<byte> bytes) => FlowPackets.Read(bytes).Leg.Flow;

    private static void Release(ScatterBench bench, string group, int flow)
    {
        foreach (var bundle in bench[group].Bundles)
        {
            foreach (ref readonly var packet in bundle.Packets)
            {
                if (FlowOf(bundle.BytesOf(packet)) != flow) continue;
                Assert.True(new PacketBatch(bundle, bench.ReleaserOf(group)).Release(packet, Idle));
                return;
            }
        }

        Assert.Fail($"No packet of {flow} came to {group}.");
    }

    /// <summary>Counts what a group got, and releases at the packet that is enough.</summary>
    private static void Consume(ScatterBench bench, string group, Model model)
    {
        foreach (var bundle in bench[group].Bundles)
        {
            var batch = new PacketBatch(bundle, bench.ReleaserOf(group));
            foreach (ref readonly var packet in batch.Packets)
            {
                var flow = FlowOf(batch.BytesOf(packet));
                if (!model.IsEnough(flow)) continue;
                if (batch.Release(packet, Idle)) model.Release(flow);
            }
        }

        bench[group].DisposeAll();
    }

    private sealed class Model(int enough)
    {
        private readonly Dictionary<int, int> _seen = [];
        private readonly HashSet<int> _released = [];

        public bool IsReleased(int flow) => _released.Contains(flow);

        public bool IsEnough(int flow) => (_seen[flow] = _seen.GetValueOrDefault(flow) + 1) >= enough;

        public void Release(int flow) => _released.Add(flow);
    }
}
