using Akka.Actor;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Generations;
using Pipeline.Actors.Routing;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Actors.Tests.Generations;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;
using Xunit;

namespace Pipeline.Actors.Tests.Routing;

/// <summary>One router under a probe that stands for the root. Consumers are lists, and hold what they get until a test lets go.</summary>
public sealed class RouterActorSpecs : UnderARoot
{
    private static readonly RouteOptions Waits = new() { To = "slow", Overload = Overload.Wait, Share = 0.5 };
    private static readonly RouteOptions Group = new() { To = "group", Share = 1 };

    private readonly PacketSource _source = PacketSource.OneToAPage(pages: 16);
    private ScatterBench _bench = null!;
    private RuleSlot _slot = null!;
    private RouterCell _cell = null!;
    private IActorRef _router = null!;

    public RouterActorSpecs()
        : base(Silent)
    {
    }

    [Fact]
    public async Task A_router_without_more_to_do_sends_what_it_has_at_once()
    {
        Start(TimeSpan.FromHours(1), Group);

        _router.Tell(_source.Bundle(0, 0));

        await Threads.Eventually(() => _bench["group"].Numbers.Count == 2);
    }

    [Fact]
    public async Task While_more_waits_bundles_are_filled()
    {
        Start(TimeSpan.FromHours(1), Group);
        await Paused(() =>
        {
            for (var i = 0; i < 3; i++) _router.Tell(_source.Bundle(0));
        });

        await Threads.Eventually(() => _bench["group"].Numbers.Count == 3);
        Assert.Equal(3, Assert.Single(_bench["group"].Bundles).Count);
    }

    [Fact]
    public async Task Without_a_latency_to_spare_a_bundle_goes_as_soon_as_the_next_packets_are_in_it()
    {
        Start(TimeSpan.Zero, Group);
        await Paused(() =>
        {
            for (var i = 0; i < 3; i++) _router.Tell(_source.Bundle(0));
        });

        await Threads.Eventually(() => _bench["group"].Numbers.Count == 3);
        Assert.Equal([2, 1], _bench["group"].Bundles.Select(b => b.Count));
    }

    [Fact]
    public async Task A_route_that_waits_closes_the_gate_and_half_of_its_share_opens_it()
    {
        Start(TimeSpan.Zero, Waits);
        for (var i = 0; i < 12; i++) _router.Tell(_source.Bundle(0));
        await Threads.Eventually(() => _cell.Mailbox!.IsGated);
        Assert.Equal(8, _bench["slow"].Numbers.Count);

        for (var i = 0; i < 4; i++) _bench["slow"].DisposeAt(0);

        await Threads.Eventually(() => _bench["slow"].Numbers.Count == 12);
    }

    [Fact]
    public async Task One_call_too_many_to_go_on_does_no_harm()
    {
        Start(TimeSpan.Zero, Waits);
        for (var i = 0; i < 9; i++) _router.Tell(_source.Bundle(0));
        await Threads.Eventually(() => _cell.Mailbox!.IsGated);

        _router.Tell(RouterProtocol.RouteHasRoom.Instance);
        _router.Tell(RouterProtocol.RouteHasRoom.Instance);
        await Answered(_router);

        Assert.Equal((8, true), (_bench["slow"].Numbers.Count, _cell.Mailbox!.IsGated));
    }

    [Fact]
    public async Task What_waits_is_routed_before_a_router_says_that_it_has_drained()
    {
        Start(TimeSpan.FromHours(1), Waits);
        for (var i = 0; i < 12; i++) _router.Tell(_source.Bundle(0));
        _router.Tell(RouterProtocol.Drain.Instance);
        await Threads.Eventually(() => _cell.Mailbox!.IsGated);
        await Answered(_router);
        Root.ExpectNoMsg(TimeSpan.Zero);

        await Threads.Eventually(() => LetGo("slow") && _bench["slow"].Numbers.Count == 12);

        Assert.Same(_cell, Root.ExpectMsg<RouterProtocol.Drained>().Router);
    }

    [Fact]
    public async Task A_group_that_grows_has_moved_when_what_was_sent_before_is_consumed()
    {
        Start(TimeSpan.Zero, Group);
        _router.Tell(_source.Bundle(0, 0));
        await Threads.Eventually(() => _bench["group"].Numbers.Count == 2);

        _router.Tell(new RouterProtocol.Move("group", _bench.Resize("group", 2)));
        await Answered(_router);
        Root.ExpectNoMsg(TimeSpan.Zero);
        _bench["group"].DisposeAll();

        Assert.Equal("group", Root.ExpectMsg<RouterProtocol.Moved>().Group);
        _router.Tell(new RouterProtocol.Switch("group"));
        await Answered(_router);
        Assert.False(_cell.Scatter.IsMoving);
    }

    [Fact]
    public async Task A_bundle_that_makes_it_fail_costs_that_bundle_and_the_next_is_routed()
    {
        Start(TimeSpan.Zero, Group);
        var rules = _slot.InUse;
        _slot.Offer(rules with { Table = null! });

        _router.Tell(_source.Bundle(0, 0));
        await Threads.Eventually(() => _source.Lost.DroppedTally(DropReason.DeadLetter).Packets == 2);
        _slot.Offer(rules);
        _router.Tell(_source.Bundle(0));

        await Threads.Eventually(() => _bench["group"].Numbers.Count == 1);
    }

    [Fact]
    public async Task A_restart_goes_on_with_the_bundle_that_had_to_wait()
    {
        Start(TimeSpan.Zero, Waits);
        for (var i = 0; i < 10; i++) _router.Tell(_source.Bundle(0));
        await Threads.Eventually(() => _cell.Mailbox!.IsGated);

        _router.Tell(new RouterProtocol.Move("slow", null!));
        await Answered(_router);
        await Threads.Eventually(() => LetGo("slow") && _source.Pool.Outstanding == 0);

        Assert.Equal((9, 1), (_bench["slow"].Numbers.Count, _source.Lost.DroppedTally(DropReason.DeadLetter).Packets));
    }

    [Fact]
    public async Task Routes_are_exchanged_between_two_bundles_with_the_rules()
    {
        Start(TimeSpan.Zero, Group);
        _router.Tell(_source.Bundle(0));
        await Threads.Eventually(() => _bench["group"].Numbers.Count == 1);

        _slot.Offer(_slot.InUse with { Plan = _bench.PlanOf(new RouteOptions { To = "tap", Copy = true }, Group) });
        _router.Tell(_source.Bundle(0));

        await Threads.Eventually(() => _bench["group"].Numbers.Count == 2);
        Assert.Equal([1], _bench["tap"].Numbers);
    }

    [Fact]
    public async Task A_lane_that_left_is_let_go_of_when_all_that_it_sent_is_consumed_though_no_bundle_comes()
    {
        Start(TimeSpan.Zero, new RouteOptions { To = "tap", Copy = true }, Group);
        _router.Tell(_source.Bundle(0));
        await Threads.Eventually(() => _bench["tap"].Numbers.Count == 1);
        _slot.Offer(_slot.InUse with { Plan = _bench.PlanOf(Group) });
        _router.Tell(_source.Bundle(0));
        await Threads.Eventually(() => _bench["group"].Numbers.Count == 2);
        Assert.False(_cell.Scatter.HasLeft);

        _bench["tap"].DisposeAll();

        await Threads.Eventually(() => _cell.Scatter.HasLeft);
    }

    [Fact]
    public async Task A_message_it_does_not_know_is_unhandled_and_does_no_harm()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Akka.Event.UnhandledMessage));
        Start(TimeSpan.Zero, Group);

        _router.Tell("what is this");

        ExpectMsg<Akka.Event.UnhandledMessage>();
        _router.Tell(_source.Bundle(0));
        await Threads.Eventually(() => _bench["group"].Numbers.Count == 1);
    }

    protected override void AfterAll()
    {
        Assert.True(_router.GracefulStop(Runs.Patience).GetAwaiter().GetResult());
        base.AfterAll();
        _bench.Settle();
        _bench.Dispose();
        _source.Dispose();
    }

    private void Start(TimeSpan latency, params RouteOptions[] routes)
    {
        _bench = new ScatterBench(_source, routes);
        _slot = new RuleSlot(ActiveRules.Of(RuleTexts.Table(""), _bench.Scatter.Plan));
        _cell = new RouterCell { Name = "router", Rules = _slot, Scatter = _bench.Scatter, Bundles = new BundlePool(64), Latency = latency, Warnings = new WarningList() };
        _router = Child(RouterActor.Props(_cell), _cell.Name);
    }

    /// <summary>Lets everything queue up that <paramref name="send"/> sends, so that the router finds it in one go.</summary>
    private async Task Paused(Action send)
    {
        await Answered(_router);
        _cell.Mailbox!.Gate(closed: true);
        send();
        _router.Tell(RouterProtocol.RouteHasRoom.Instance);
    }

    private bool LetGo(string group)
    {
        _bench[group].DisposeAll();
        return true;
    }
}
