using CsCheck;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Accounts;
using Xunit;

namespace Pipeline.Actors.Tests.Routing;

/// <summary>Whatever the routes, the policies, the bundles and the order in which consumers give back: no packet is lost without a name.</summary>
public sealed class ConservationSpecs
{
    private static readonly string[] Groups = ["a", "b", "stack"];

    private static readonly Gen<RouteOptions> AnyRoute = Gen.Select(
        Gen.Select(Gen.OneOf(Groups), Gen.UInt[0, 3], Gen.UInt[0, 3], Gen.Bool),
        Gen.Select(Gen.Enum<Overload>(), Gen.Enum<Balance>(), Gen.OneOf(0.01, 0.25, 0.5, 1.0)),
        (way, policy) => new RouteOptions
        {
            To = way.Item1,
            Mark = way.Item2 & way.Item3,
            MarkMask = way.Item3,
            Copy = way.Item4,

            // As the topology has it: a copy never goes to the stack.
            Overload = way.Item4 && policy.Item1 == Overload.ToStack ? Overload.DropNew : policy.Item1,
            Balance = policy.Item2,
            Share = policy.Item3,
        });

    private static readonly Gen<Act> AnyAct = Gen.Frequency(
        (6, Gen.UInt[0, 3].Array[1, 12].Select(marks => new Act(ActKind.Route, marks, 0))),
        (5, Gen.Int[0, 1000].Select(which => new Act(ActKind.Consume, [], which))),
        (1, Gen.Const(new Act(ActKind.Flush, [], 0))),
        (1, Gen.Int[0, 1000].Select(which => new Act(ActKind.Exchange, [], which))),
        (1, Gen.Const(new Act(ActKind.DropSource, [], 0))));

    private static readonly Gen<Plan> AnyPlan = Gen.Select(
        Gen.Bool, AnyRoute.Array[0, 4], Gen.Int[1, 3], Gen.Int[1, 8], Gen.Int[2, 20], AnyAct.Array[1, 40],
        (onePacketToAPage, routes, instances, bundlePackets, bundleLimit, acts) =>
            new Plan(onePacketToAPage, routes, instances, bundlePackets, bundleLimit, acts));

    private enum ActKind
    {
        Route,
        Consume,
        Flush,
        Exchange,
        DropSource,
    }

    [Fact]
    public void Received_is_delivered_and_passed_and_dropped_and_every_page_is_home() => AnyPlan.Sample(plan =>
    {
        using var source = plan.OnePacketToAPage ? PacketSource.OneToAPage() : PacketSource.ManyToAPage(pages: 16);
        using var bench = new ScatterBench(source, plan.Routes, plan.Instances, plan.BundlePackets, plan.BundleLimit);

        foreach (var act in plan.Acts) Perform(source, bench, plan, act);
        bench.Scatter.DropAll(DropReason.Shutdown);

        var books = bench.Settle();
        return books.Received.Packets == books.Delivered.Packets + books.Passed.Packets + books.Dropped.Packets
            && books.CopiesDelivered.Packets + books.CopiesDropped.Packets <= books.Received.Packets * plan.Routes.Length;
    });

    [Fact]
    public void While_packets_are_under_way_the_books_balance_within_what_the_pools_hold() => AnyPlan.Sample(plan =>
    {
        using var source = plan.OnePacketToAPage ? PacketSource.OneToAPage() : PacketSource.ManyToAPage(pages: 16);
        using var bench = new ScatterBench(source, plan.Routes, plan.Instances, plan.BundlePackets, plan.BundleLimit);

        var balanced = plan.Acts.All(act =>
        {
            Perform(source, bench, plan, act);
            return bench.Books.BalancesRunning;
        });
        bench.Scatter.DropAll(DropReason.Shutdown);
        bench.Settle();
        return balanced;
    });

    [Fact]
    public void No_route_pins_more_than_its_share() => AnyPlan.Sample(plan =>
    {
        using var source = plan.OnePacketToAPage ? PacketSource.OneToAPage() : PacketSource.ManyToAPage(pages: 16);
        using var bench = new ScatterBench(source, plan.Routes, plan.Instances, plan.BundlePackets, plan.BundleLimit);

        var within = plan.Acts.All(act =>
        {
            Perform(source, bench, plan, act);
            return bench.Scatter.Lanes.All(l => l.Share.Charged <= l.Share.LimitPages);
        });
        bench.Scatter.DropAll(DropReason.Shutdown);
        bench.Settle();
        return within;
    });

    private static void Perform(PacketSource source, ScatterBench bench, Plan plan, Act act)
    {
        switch (act.Kind)
        {
            case ActKind.Route: Route(source, bench, act.Marks); break;
            case ActKind.Consume: Consume(bench, act.Which); break;
            case ActKind.Flush: bench.Scatter.Flush(); break;
            case ActKind.Exchange: Exchange(bench, plan.Routes, act.Which); break;
            default: bench.Scatter.DropSource(DropReason.DeadLetter); break;
        }
    }

    /// <summary>As a router does: what waits is gone on with before anything new is taken, and without pages nothing comes in.</summary>
    private static void Route(PacketSource source, ScatterBench bench, uint[] marks)
    {
        if (bench.Scatter.IsBlocked && !bench.Scatter.Continue()) return;
        if (source.Pool.PageCount - source.Pool.Outstanding < marks.Length) return;
        bench.Scatter.Route(source.Bundle(marks));
    }

    /// <summary>Some of the plan's routes from here on, chosen by the bits of a number. Between two bundles, as a router does it.</summary>
    private static void Exchange(ScatterBench bench, RouteOptions[] routes, int which)
    {
        if (!bench.Scatter.IsBlocked) bench.Exchange([.. routes.Where((_, i) => (which >> i & 1) != 0)]);
        bench.Scatter.ReleaseLeft();
    }

    private static void Consume(ScatterBench bench, int which)
    {
        var holding = bench.Targets.Where(t => t.Bundles.Count > 0).ToList();
        if (holding.Count == 0) return;
        var target = holding[which % holding.Count];
        target.DisposeAt(which / holding.Count % target.Bundles.Count);
    }

    private sealed record Act(ActKind Kind, uint[] Marks, int Which);

    private sealed record Plan(bool OnePacketToAPage, RouteOptions[] Routes, int Instances, int BundlePackets, int BundleLimit, Act[] Acts)
    {
        public override string ToString() =>
            $"one packet to a page: {OnePacketToAPage}, instances {Instances}, bundle packets {BundlePackets}, bundle limit {BundleLimit}\n"
            + string.Join('\n', Routes.Select(r => r.ToString())) + '\n' + string.Join('\n', Acts.Select(a => $"{a.Kind} [{string.Join(' ', a.Marks)}] {a.Which}"));
    }
}
