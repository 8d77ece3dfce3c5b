using Pipeline.Actors.Configuration;
using Pipeline.Actors.Routing;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;
using Xunit;

namespace Pipeline.Actors.Tests.Routing;

/// <summary>A group gets and loses instances in the midst of packets, seen from one router.</summary>
public sealed class MovingSpecs
{
    private const string Group = "group";
    private static readonly RouteOptions Route = new() { To = Group, Share = 1 };
    private long _made;

    [Fact]
    public void Packets_of_moved_flows_wait_until_those_before_them_are_consumed()
    {
        using var source = PacketSource.OneToAPage(pages: 256);
        using var bench = new ScatterBench(source, [Route]);
        bench.Route(Flows(source, 64));

        bench.Scatter.Move(Group, bench.Resize(Group, 2));
        bench.Route(Flows(source, 64));

        Assert.Empty(bench[Group, 1].Numbers);
        Assert.False(bench.Scatter.IsHome(Group));
        bench[Group].DisposeAt(0);
        Assert.True(bench.Scatter.IsHome(Group));
        Assert.Empty(bench[Group, 1].Numbers);
        bench.Scatter.Switch(Group);
        Assert.NotEmpty(bench[Group, 1].Numbers);
        bench.Settle();
    }

    [Fact]
    public void Flows_that_do_not_move_run_on_meanwhile()
    {
        using var source = PacketSource.OneToAPage(pages: 256);
        using var bench = new ScatterBench(source, [Route]);
        bench.Route(Flows(source, 64));
        bench.Scatter.Move(Group, bench.Resize(Group, 2));
        var before = bench[Group].Numbers.Count;

        bench.Route(Flows(source, 64));

        Assert.InRange(bench[Group].Numbers.Count - before, 10, 54);
        bench[Group].DisposeAll();
        bench.Scatter.Switch(Group);
        bench.Settle();
    }

    [Fact]
    public void The_one_call_for_a_look_comes_with_the_last_bundle_that_was_out()
    {
        using var source = PacketSource.OneToAPage(pages: 256);
        using var bench = new ScatterBench(source, [Route]);
        var woken = 0;
        bench.Scatter.WakeBy(() => woken++);
        for (var i = 0; i < 3; i++) bench.Route(Flows(source, 8));
        bench.Scatter.Move(Group, bench.Resize(Group, 2));
        bench.Route(Flows(source, 8));

        for (var i = 0; i < 2; i++) bench[Group].DisposeAt(0);
        Assert.Equal(0, woken);
        bench[Group].DisposeAt(0);

        Assert.Equal(1, woken);
        bench.Scatter.Switch(Group);
        bench.Settle();
    }

    [Theory]
    [InlineData(Balance.Flow)]
    [InlineData(Balance.RoundRobin)]
    [InlineData(Balance.Queue)]
    public void An_instance_that_leaves_gets_nothing_more(Balance balance)
    {
        using var source = PacketSource.OneToAPage(pages: 256);
        using var bench = new ScatterBench(source, [Route with { Balance = balance }], instances: 4, queueIndex: 3);
        for (var i = 0; i < 4; i++) bench.Route(Flows(source, 16));
        bench.Scatter.Move(Group, bench.Resize(Group, 1));
        var before = Sent(bench, 1, 2, 3);

        bench.Route(Flows(source, 16));
        foreach (var target in bench.Targets) target.DisposeAll();
        Assert.True(bench.Scatter.IsHome(Group));
        bench.Scatter.Switch(Group);
        bench.Route(Flows(source, 16));

        Assert.Equal(before, Sent(bench, 1, 2, 3));
        Assert.Equal(96, Sent(bench, 0, 1, 2, 3));
        bench.Settle();
    }

    [Fact]
    public void When_an_instance_in_the_middle_leaves_the_others_keep_their_flows()
    {
        using var source = PacketSource.OneToAPage(pages: 256);
        using var bench = new ScatterBench(source, [Route], instances: 4);
        for (var i = 0; i < 2; i++) bench.Route(Flows(source, 64));
        var before = FlowsOfEach(bench);

        bench.Scatter.Move(Group, bench.Keep(Group, 0, 2, 3));
        foreach (var target in bench.Targets) target.DisposeAll();
        bench.Scatter.Switch(Group);
        for (var i = 0; i < 2; i++) bench.Route(Flows(source, 64));
        var after = FlowsOfEach(bench);

        Assert.Empty(after[1]);
        Assert.All([0, 2, 3], i => Assert.Superset(before[i], after[i]));
        Assert.Equal(before[1], after.SelectMany((flows, i) => flows.Except(before[i])).ToHashSet());
        bench.Settle();
    }

    [Fact]
    public void What_is_parked_is_charged_to_the_share_and_its_policy_holds_beyond()
    {
        using var source = PacketSource.OneToAPage(pages: 64);
        using var bench = new ScatterBench(source, [Route with { Share = 0.5, Overload = Overload.DropNew }]);
        bench.Route(Flows(source, 1));
        bench.Scatter.Move(Group, bench.Resize(Group, 64));

        bench.Route(Flows(source, 50));

        // Asked for 16 at a time: 1 and 16 and the last 2 fit into the share of 32.
        Assert.Equal(32, bench.Dropped(Group, DropReason.ShareExceeded));
        Assert.Equal(19, bench.Lane(Group).Share.Charged);
        bench[Group].DisposeAll();
        bench.Scatter.Switch(Group);
        bench.Settle();
    }

    [Fact]
    public void What_is_parked_at_a_stop_is_counted()
    {
        using var source = PacketSource.ManyToAPage(pages: 32);
        using var bench = new ScatterBench(source, [Route], bundlePackets: 3);
        bench.Route(Flows(source, 16));
        bench.Scatter.Move(Group, bench.Resize(Group, 3));
        bench.Route(Flows(source, 32));

        bench.Scatter.DropAll(DropReason.Shutdown);

        Assert.InRange(bench.Dropped(Group, DropReason.Shutdown), 16, 32);
        bench.Settle();
    }

    [Theory]
    [InlineData(Overload.DropNew)]
    [InlineData(Overload.DropOld)]
    [InlineData(Overload.Wait)]
    public void Whatever_the_order_of_things_no_flow_is_at_two_instances_and_none_overtakes_itself(Overload overload)
    {
        for (var seed = 0; seed < 60; seed++) RandomOrder(new Random(seed), overload, $"seed {seed}");
    }

    /// <summary>So many instances as the group's first, or any of those there are.</summary>
    private static IBundleTarget[] SomeOf(ScatterBench bench, Random random)
    {
        var targets = bench.Resize(Group, random.Next(1, 6)).ToArray();
        if (random.Next(2) == 0) return targets;
        random.Shuffle(targets);
        return [.. targets.Take(random.Next(1, targets.Length + 1))];
    }

    private static List<HashSet<FlowLeg>> FlowsOfEach(ScatterBench bench) => [.. bench.Targets.Select(t => t.Bundles.SelectMany(FlowsIn).ToHashSet())];

    private static long Sent(ScatterBench bench, params int[] instances) => instances.Sum(i => bench[Group, i].Numbers.Count);

    private void RandomOrder(Random random, Overload overload, string seed)
    {
        using var source = random.Next(2) == 0 ? PacketSource.OneToAPage(pages: 64) : PacketSource.ManyToAPage(pages: 64);
        using var bench = new ScatterBench(source, [Route with { Share = 0.5, Overload = overload }], random.Next(1, 5), bundlePackets: random.Next(1, 9));
        var log = new FlowLog();
        for (var step = 0; step < 200; step++)
        {
            switch (random.Next(4))
            {
                case 0 when !bench.Scatter.IsMoving: bench.Scatter.Move(Group, SomeOf(bench, random)); break;
                case 1 when bench.Scatter.IsMoving && bench.Scatter.IsHome(Group): bench.Scatter.Switch(Group); break;
                case 2 when !bench.Scatter.IsBlocked && source.Pool.Outstanding < 40: bench.Route(Flows(source, random.Next(1, 20))); break;
                default: Consume(bench, random, log); break;
            }

            Assert.True(EachFlowIsInOnePlace(bench), seed);
        }

        for (var turn = 0; turn < 10_000 && source.Pool.Outstanding + (bench.Scatter.IsMoving ? 1 : 0) > 0; turn++)
        {
            Consume(bench, random, log);
            if (bench.Scatter.IsMoving && bench.Scatter.IsHome(Group)) bench.Scatter.Switch(Group);
        }

        Assert.True(!bench.Scatter.IsMoving, seed);
        Assert.True(log.OutOfOrder == 0, seed);
        bench.Settle();
    }

    /// <summary>Any instance takes its next bundle, and the router looks again.</summary>
    private static void Consume(ScatterBench bench, Random random, FlowLog log)
    {
        foreach (var target in bench.Targets.Where(t => t.Bundles.Count > 0 && random.Next(2) == 0).ToList())
        {
            var bundle = target.Bundles[0];
            foreach (ref readonly var packet in bundle.Packets) log.Add(bundle.BytesOf(packet));
            target.DisposeAt(0);
        }

        bench.Scatter.SendHeld();
        if (bench.Scatter.IsBlocked) bench.Scatter.Continue();
        bench.Scatter.Flush();
    }

    private static bool EachFlowIsInOnePlace(ScatterBench bench) =>
        bench.Targets.SelectMany((target, i) => target.Bundles.SelectMany(FlowsIn).Distinct().Select(flow => (flow, i)))
            .GroupBy(place => place.flow)
            .All(places => places.Count() == 1);

    private static List<FlowLeg> FlowsIn(PageBundle bundle)
    {
        var flows = new List<FlowLeg>();
        foreach (ref readonly var packet in bundle.Packets) flows.Add(FlowPackets.Read(bundle.BytesOf(packet)).Leg);
        return flows;
    }

    private PageBundle Flows(PacketSource source, int packets) => source.BundleOf([.. Enumerable.Range(0, packets).Select(_ =>
    {
        var bytes = new byte[PacketSource.PacketBytes];
        FlowPackets.Write(bytes, 0, _made++);
        return bytes;
    })]);
}
