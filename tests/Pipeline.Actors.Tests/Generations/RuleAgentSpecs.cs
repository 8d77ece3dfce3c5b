using Akka.Actor;
using Akka.TestKit.Xunit2;
using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Generations;
using Pipeline.Actors.Routing;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Rules;
using Xunit;

namespace Pipeline.Actors.Tests.Generations;

/// <summary>The agent of a node under a probe that stands for the authority and the root.</summary>
public sealed class RuleAgentSpecs : TestKit
{
    private readonly NodeRules _rules;
    private readonly RuleSlot _slot;
    private readonly IActorRef _agent;

    public RuleAgentSpecs()
        : base(EmbeddedConfig.Load())
    {
        _rules = new NodeRules(Runs.Setup(new FakeNic(0), []), RuleTexts.Table("rule one match 0:ff:01 mark 1\n"));
        _slot = _rules.AddRouter(new RouterPlan(new RouteTable([]), []));
        _agent = Sys.ActorOf(RuleAgent.Props(_rules), "rule-agent");
    }

    [Fact]
    public void What_is_built_is_not_in_force_before_the_authority_says_so()
    {
        _agent.Tell(new RuleProtocol.Build(7, 2, "new.rules", "rule two match 0:ff:02 mark 2\n"), TestActor);
        var built = ExpectMsg<RuleProtocol.Built>();
        Assert.Equal((7, true, 1, "two"), (built.Ticket, built.Succeeded, built.Rules, Assert.Single(built.Delta.Added)));
        Assert.Equal(1, _slot.Take().Generation);

        _agent.Tell(new RuleProtocol.PutInForce(7), TestActor);

        Assert.Equal(7, ExpectMsg<RuleProtocol.InForce>().Ticket);
        Assert.Equal((2, 2), (_slot.Take().Generation, _rules.InForce.Rules.Generation));
    }

    [Fact]
    public void What_was_built_for_another_request_is_not_put_in_force()
    {
        _agent.Tell(new RuleProtocol.Build(7, 2, "new.rules", "rule two match 0:ff:02 mark 2\n"), TestActor);
        ExpectMsg<RuleProtocol.Built>();

        _agent.Tell(new RuleProtocol.PutInForce(8), TestActor);

        Assert.Equal(8, ExpectMsg<RuleProtocol.Broken>().Ticket);
        Assert.Equal(1, _slot.Take().Generation);
    }

    [Fact]
    public void A_text_with_errors_is_reported_and_leaves_nothing_to_put_in_force()
    {
        _agent.Tell(new RuleProtocol.Build(7, 2, "new.rules", RuleTexts.Bad), TestActor);
        Assert.Equal((7, false), ExpectMsg<RuleProtocol.Built>() is var built ? (built.Ticket, built.Succeeded) : default);

        _agent.Tell(new RuleProtocol.PutInForce(7), TestActor);

        ExpectMsg<RuleProtocol.Broken>();
    }

    [Fact]
    public void Rules_that_no_router_goes_by_are_let_go_of()
    {
        var kept = new List<string>();
        _rules.LetGoOf = rules => kept.AddRange(rules.Select(r => r.Name));
        _agent.Tell(new RuleProtocol.Build(7, 2, "new.rules", "rule two match 0:ff:02 mark 2\n"), TestActor);
        ExpectMsg<RuleProtocol.Built>();
        _agent.Tell(new RuleProtocol.PutInForce(7), TestActor);
        ExpectMsg<RuleProtocol.InForce>();

        LetGo();
        Assert.Equal((true, 0), (_rules.HasEarlier, kept.Count));
        _slot.Take();
        LetGo();

        Assert.False(_rules.HasEarlier);
        Assert.Equal(["two"], kept);
    }

    [Fact]
    public void The_largest_rules_that_were_let_go_of_are_known_even_if_they_went_first()
    {
        var rules = new NodeRules(Runs.Setup(new FakeNic(0), []), Table(1, "rule a match 0:ff:01 mark 1\nrule b match 0:ff:02 mark 1\n"));
        var slot = rules.AddRouter(new RouterPlan(new RouteTable([]), []));
        rules.PutInForce(Table(2, "rule one match 0:ff:01 mark 1\n"));
        slot.Take();
        rules.PutInForce(Table(3, "rule two match 0:ff:02 mark 2\n"));

        Assert.Equal(0, rules.LetGo());
        slot.Take();

        Assert.Equal(2, rules.LetGo());
        Assert.Equal(0, rules.LetGo());
    }

    private static MarkTable Table(int generation, string text) => MarkTable.Compile(RuleTexts.Set(text) with { Generation = generation });

    [Fact]
    public void Routes_are_offered_to_every_router_and_whoever_ordered_them_is_told()
    {
        var plan = new RouterPlan(new RouteTable([]), [], Generation: 5);

        _agent.Tell(new RuleProtocol.ExchangeRoutes([plan]), TestActor);

        Assert.Equal(5, ExpectMsg<RuleProtocol.RoutesOffered>().Generation);
        Assert.Same(plan, _slot.Take().Plan);
    }

    /// <summary>The answer to the second message says that the first was handled.</summary>
    private void LetGo()
    {
        _agent.Tell(RuleProtocol.LetGo.Instance, TestActor);
        _agent.Tell(new RuleProtocol.PutInForce(0), TestActor);
        ExpectMsg<RuleProtocol.Broken>();
    }
}
