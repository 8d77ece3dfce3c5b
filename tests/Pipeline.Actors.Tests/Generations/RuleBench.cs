using Akka.Actor;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Generations;
using Pipeline.Actors.Routing;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Tests.Generations;

/// <summary>The authority on rules and the agent of its node, under a supervisor that does as the root does. Time passes only when a test says so.</summary>
public abstract class RuleBench : UnderARoot
{
    protected const string Dns = "rule dns match 0:ff:35 mark 1\n";
    protected const string Web = "rule web match 0:ff:50 mark 2\n";
    protected static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static readonly RouterPlan Plan = new(new RouteTable([]), []);
    private readonly RuleRegister _register;

    protected RuleBench()
        : base(VirtualTime)
    {
        var route = new RouteOptions { To = "handler", Mark = 1, MarkMask = 3 };
        var setup = Runs.Setup(new FakeNic(0), [route]) with { RefuseRules = _ => Refuse(), RememberGeneration = Remember };
        Rules = new NodeRules(setup, RuleTexts.Table(Dns));
        _register = new RuleRegister(RuleGeneration.First(Rules.InForce.Rules, Sys.Scheduler.Now));
        Slot = Rules.AddRouter(Plan);
        Authority = Child(RuleAuthority.Props(_register, Child(RuleAgent.Props(Rules), "rule-agent")), "rules");
    }

    private protected NodeRules Rules { get; }

    private protected RuleHistory History => _register.State.History;

    private protected RuleSlot Slot { get; }

    protected IActorRef Authority { get; }

    /// <summary>Reset, it keeps the compiler waiting.</summary>
    protected ManualResetEventSlim MayBuild { get; } = new(true);

    /// <summary>What the program has against rules; null for nothing.</summary>
    protected string? Refusal { get; set; }

    /// <summary>Thrown once while rules are made ready.</summary>
    protected Exception? Fault { get; set; }

    private protected Task<RuleChange> Apply(string text, int? expected = null, TimeSpan? confirm = null) =>
        Ask(new RuleProtocol.Apply("new.rules", text, "me", expected, confirm));

    private protected Task<RuleChange> Rollback(int generation) => Ask(new RuleProtocol.Rollback(generation, "me"));

    private protected Task<RuleChange> Confirm(int generation) => Ask(new RuleProtocol.Confirm(generation));

    private protected async Task<RuleChange> Ask(RuleProtocol.Request request) =>
        (await Authority.Ask<RuleProtocol.Answer>(request).WaitAsync(Runs.Patience)).ToResult();

    protected Task TimePasses(TimeSpan time) => TimePasses(Authority, time);

    /// <summary>The numbers that were to be remembered, each with the generation that was in force then.</summary>
    protected List<(int Number, int InForce)> Remembered { get; } = [];

    /// <summary>Why a number cannot be remembered; null where it can.</summary>
    protected string? Forgets { get; set; }

    private string? Remember(RuleSet rules)
    {
        Remembered.Add((rules.Generation, Rules.InForce.Rules.Generation));
        return Forgets;
    }

    private string? Refuse()
    {
        MayBuild.Wait(Runs.Patience);
        var fault = Fault;
        Fault = null;
        return fault is null ? Refusal : throw fault;
    }
}
