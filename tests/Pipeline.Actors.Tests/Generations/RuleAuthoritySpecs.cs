using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Generations;
using Pipeline.Actors.Routing;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Diagnostics;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Actors.Tests.Generations;

/// <summary>The authority on rules and the agent of its node, under a supervisor that does as the root does. Time passes only when a test says so.</summary>
public sealed class RuleAuthoritySpecs : TestKit
{
    private const string VirtualTime = "akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"";
    private const string Dns = "rule dns match 0:ff:35 mark 1\n";
    private const string Web = "rule web match 0:ff:50 mark 2\n";
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static readonly RouterPlan Plan = new(new RouteTable([]), []);
    private readonly NodeRules _rules;
    private readonly RuleRegister _register;
    private readonly RuleSlot _slot;
    private readonly IActorRef _agent;
    private readonly IActorRef _authority;
    private readonly ManualResetEventSlim _mayBuild = new(true);
    private string? _refusal;
    private Exception? _fault;

    public RuleAuthoritySpecs()
        : base(ConfigurationFactory.ParseString(VirtualTime).WithFallback(EmbeddedConfig.Load()))
    {
        var nic = new FakeNic(0);
        var route = new RouteOptions { To = "handler", Mark = 1, MarkMask = 3 };
        var setup = Runs.Setup(nic, [route]) with { RefuseRules = _ => Refuse() };
        _rules = new NodeRules(setup, RuleTexts.Table(Dns));
        _register = new RuleRegister(RuleGeneration.First(_rules.InForce.Rules, Sys.Scheduler.Now));
        _slot = _rules.AddRouter(Plan);
        _agent = Sys.ActorOf(RuleAgent.Props(_rules), "rule-agent");
        _authority = Sys.ActorOf(RuleAuthority.Props(_register, _agent), "rules");
    }

    private RuleHistory History => _register.State.History;

    private TestScheduler Time => (TestScheduler)Sys.Scheduler;

    [Fact]
    public async Task Rules_without_errors_are_in_force_under_the_next_number()
    {
        var change = await Apply(Dns + Web);

        Assert.Equal((RuleOutcome.Applied, 2, "web"), (change.Outcome, change.Generation, Assert.Single(change.Delta.Added)));
        Assert.Equal((2, 2), (_slot.Take().Generation, _rules.InForce.Rules.Generation));
    }

    [Fact]
    public async Task Routes_are_exchanged_under_the_rules_and_the_counts_there_are_and_later_rules_keep_them()
    {
        var (before, other) = (_slot.Take(), new RouterPlan(new RouteTable([]), []));

        _rules.ExchangeRoutes([other]);

        var routed = _slot.Take();
        Assert.Same(before.Counters, routed.Counters);
        Assert.Same(other, routed.Plan);
        await Apply(Dns + Web);
        Assert.Same(other, _slot.Take().Plan);
    }

    [Fact]
    public async Task Routes_that_are_exchanged_before_a_router_took_its_rules_come_with_those_rules()
    {
        var other = new RouterPlan(new RouteTable([]), []);
        await Apply(Dns + Web);

        _rules.ExchangeRoutes([other]);

        Assert.Equal((2, other), (_slot.Take().Generation, _slot.Take().Plan));
    }

    [Fact]
    public async Task Rules_with_an_error_change_nothing_and_the_error_has_its_place()
    {
        var change = await Apply(Dns + RuleTexts.Bad);

        Assert.Equal((RuleOutcome.Invalid, 1), (change.Outcome, change.Generation));
        Assert.StartsWith("new.rules:2:", change.Diagnostics[0].ToString());
        Assert.Equal((1, 1), (_slot.Take().Generation, History.All.Count));
    }

    [FactThatNeeds(Need.Libpcap)]
    public async Task A_filter_that_libpcap_rejects_for_all_link_types_changes_nothing()
    {
        var change = await Apply("rule x filter \"tcp prt 80\" mark 1");

        Assert.Equal((RuleOutcome.Invalid, 1), (change.Outcome, change.Generation));
        Assert.Contains("syntax error", Assert.Single(change.Diagnostics).Message);
    }

    [Fact]
    public async Task Rules_that_the_program_refuses_change_nothing()
    {
        _refusal = "would overwrite trace.pcap";

        var change = await Apply(Web);

        Assert.Equal((RuleOutcome.Invalid, "would overwrite trace.pcap"), (change.Outcome, Assert.Single(change.Diagnostics).Message));
    }

    [Fact]
    public async Task A_mark_that_no_route_takes_is_a_warning_and_no_obstacle()
    {
        var change = await Apply(Web);

        Assert.Equal((RuleOutcome.Applied, Severity.Warning), (change.Outcome, Assert.Single(change.Diagnostics).Severity));
    }

    [Fact]
    public async Task The_text_that_is_in_force_makes_no_new_generation()
    {
        var change = await Apply(Dns);

        Assert.Equal((RuleOutcome.Unchanged, 1, 1), (change.Outcome, change.Generation, History.All.Count));
    }

    [Fact]
    public async Task Of_two_who_expected_the_same_generation_only_the_first_succeeds()
    {
        var first = Apply(Web, expected: 1);
        var second = Apply(Web + Dns, expected: 1);

        Assert.Equal((RuleOutcome.Applied, RuleOutcome.Conflict), ((await first).Outcome, (await second).Outcome));
        Assert.Equal(2, (await second).Generation);
    }

    [Fact]
    public async Task A_rollback_is_a_new_generation_with_the_old_text()
    {
        await Apply(Web);

        var change = await Rollback(1);

        Assert.Equal((RuleOutcome.Applied, 3, Dns), (change.Outcome, change.Generation, History.Current.Text));
        Assert.Equal((1, "test.rules", "me"), (History.Current.RollbackTo, History.Current.Source, History.Current.Who));
    }

    [Fact]
    public async Task A_generation_that_never_was_cannot_be_rolled_back_to() =>
        Assert.Equal(RuleOutcome.Unknown, (await Rollback(7)).Outcome);

    [Fact]
    public async Task Whoever_rolls_back_what_is_not_in_force_any_more_changes_nothing()
    {
        await Apply(Web);

        var change = await Ask(new RuleProtocol.Rollback(1, "me", ExpectedGeneration: 1));

        Assert.Equal((RuleOutcome.Conflict, 2, Web), (change.Outcome, change.Generation, History.Current.Text));
    }

    [Fact]
    public async Task A_generation_that_nobody_confirms_in_time_is_rolled_back()
    {
        await Apply(Web, confirm: Minute);

        await TimePasses(Minute);

        await Threads.Eventually(() => _slot.Take().Generation == 3);
        Assert.Equal((Dns, 1, "not confirmed in time"), (History.Current.Text, History.Current.RollbackTo, History.Current.Who));
    }

    [Fact]
    public async Task A_generation_is_not_rolled_back_before_its_time()
    {
        await Apply(Web, confirm: Minute);

        await TimePasses(Minute - TimeSpan.FromMilliseconds(1));

        Assert.Equal(2, (await Apply(Dns, expected: 7)).Generation);
    }

    [Fact]
    public async Task A_generation_that_was_confirmed_stays()
    {
        await Apply(Web, confirm: Minute);

        var change = await Confirm(2);
        await TimePasses(2 * Minute);

        Assert.Equal((RuleOutcome.Confirmed, null), (change.Outcome, change.ConfirmBy));
        Assert.Equal(2, (await Apply(Dns, expected: 7)).Generation);
    }

    [Fact]
    public async Task Only_the_generation_in_force_can_be_confirmed()
    {
        await Apply(Web, confirm: Minute);

        Assert.Equal(RuleOutcome.Conflict, (await Confirm(1)).Outcome);
        Assert.NotNull(History.Current.ConfirmBy);
    }

    [Fact]
    public async Task What_needs_no_confirmation_cannot_be_confirmed() => Assert.Equal(RuleOutcome.Conflict, (await Confirm(1)).Outcome);

    [Fact]
    public async Task Rules_for_good_take_the_place_of_those_that_waited_to_be_confirmed()
    {
        await Apply(Web, confirm: Minute);

        await Apply(Web + Dns);
        await TimePasses(2 * Minute);

        Assert.Equal(3, (await Apply(Dns, expected: 7)).Generation);
    }

    [Fact]
    public async Task The_same_rules_once_more_and_for_good_are_confirmed()
    {
        await Apply(Web, confirm: Minute);

        await Apply(Web);
        await TimePasses(2 * Minute);

        Assert.Equal((2, null), ((await Apply(Dns, expected: 7)).Generation, History.Current.ConfirmBy));
    }

    [Fact]
    public async Task Of_several_that_nobody_confirmed_none_is_rolled_back_to()
    {
        await Apply(Web, confirm: Minute);
        await Apply(Web + Dns, confirm: Minute);

        await TimePasses(Minute);

        await Threads.Eventually(() => History.Current.Number == 4);
        Assert.Equal(Dns, History.Current.Text);
    }

    [Fact]
    public async Task A_restart_of_the_authority_forgets_neither_the_rules_nor_the_deadline()
    {
        await Apply(Web, confirm: Minute);
        var parent = Sys.ActorOf(Props.Create(() => new Restarting(_register, _agent)));
        var authority = await parent.Ask<IActorRef>("child").WaitAsync(Runs.Patience);
        Sys.Stop(_authority);
        authority.Tell(Kill.Instance);
        await authority.Ask<ActorIdentity>(new Identify(1)).WaitAsync(Runs.Patience);

        Time.Advance(Minute);

        await Threads.Eventually(() => History.Current.Number == 3);
        Assert.Equal(Dns, History.Current.Text);
    }

    [Fact]
    public async Task Whoever_waits_when_it_stops_is_told()
    {
        _mayBuild.Reset();
        var changes = Enumerable.Range(0, 20).Select(i => Apply(Web + $"# {i}\n")).ToList();
        await _authority.Ask<ActorIdentity>(new Identify(1)).WaitAsync(Runs.Patience);

        Sys.Stop(_authority);

        Assert.All(await Task.WhenAll(changes).WaitAsync(Runs.Patience), c => Assert.Equal((RuleOutcome.Ended, 1), (c.Outcome, c.Generation)));
        _mayBuild.Set();
    }

    [Fact]
    public async Task A_failure_of_the_compiler_is_told_and_the_next_wish_has_its_turn()
    {
        _fault = new InvalidOperationException("on order");
        var broken = Apply(Web);
        var next = Apply(Web + Dns);

        await Assert.ThrowsAsync<InvalidOperationException>(() => broken);

        Assert.Equal((RuleOutcome.Applied, 2), ((await next).Outcome, History.Current.Number));
    }

    [Fact]
    public void What_it_does_not_know_is_unhandled()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));

        _authority.Tell("what is this");

        Assert.Equal("what is this", ExpectMsg<UnhandledMessage>().Message);
    }

    private Task<RuleChange> Apply(string text, int? expected = null, TimeSpan? confirm = null) =>
        Ask(new RuleProtocol.Apply("new.rules", text, "me", expected, confirm));

    private Task<RuleChange> Rollback(int generation) => Ask(new RuleProtocol.Rollback(generation, "me"));

    private Task<RuleChange> Confirm(int generation) => Ask(new RuleProtocol.Confirm(generation));

    private async Task<RuleChange> Ask(RuleProtocol.Request request) =>
        (await _authority.Ask<RuleProtocol.Answer>(request).WaitAsync(Runs.Patience)).ToResult();

    private string? Refuse()
    {
        _mayBuild.Wait(Runs.Patience);
        return Interlocked.Exchange(ref _fault, null) is { } fault ? throw fault : _refusal;
    }

    private async Task TimePasses(TimeSpan time)
    {
        await _authority.Ask<ActorIdentity>(new Identify(1)).WaitAsync(Runs.Patience);
        Time.Advance(time);
        await _authority.Ask<ActorIdentity>(new Identify(1)).WaitAsync(Runs.Patience);
    }

    /// <summary>Restarts the authority whatever it fails with, as the root does.</summary>
    private sealed class Restarting : UntypedActor
    {
        private readonly IActorRef _child;

        public Restarting(RuleRegister register, IActorRef agent) => _child = Context.ActorOf(RuleAuthority.Props(register, agent), "rules");

        protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Restart);

        protected override void OnReceive(object message) => Sender.Tell(_child);
    }
}
