using Akka.Actor;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Generations;
using Pipeline.Actors.Routing;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Tests.Generations;

/// <summary>One agent under a supervisor that does as the root does. Time passes only when a test says so.</summary>
public abstract class RuleAgentBench : UnderARoot
{
    protected const string Dns = "rule dns match 0:ff:35 mark 1\n";
    protected const string Web = "rule web match 0:ff:50 mark 2\n";
    protected static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static readonly RouterPlan Plan = new(new RouteTable([]), []);

    protected RuleAgentBench()
        : base(VirtualTime)
    {
        var route = new RouteOptions { To = "handler", Mark = 1, MarkMask = 3 };
        var setup = Runs.Setup(new FakeNic(0), [route]) with { RefuseRules = _ => Refuse() };
        Cell = new RuleCell(setup, RuleTexts.Table(Dns), Sys.Scheduler.Now);
        Slot = Cell.AddRouter(Plan);
        Agent = Child(RuleAgent.Props(Cell), "rules");
    }

    private protected RuleCell Cell { get; }

    private protected RuleSlot Slot { get; }

    protected IActorRef Agent { get; }

    /// <summary>Reset, it keeps the compiler waiting.</summary>
    protected ManualResetEventSlim MayBuild { get; } = new(true);

    /// <summary>What the program has against rules; null for nothing.</summary>
    protected string? Refusal { get; set; }

    /// <summary>Thrown once while rules are made ready.</summary>
    protected Exception? Fault { get; set; }

    private protected Task<RuleChange> Apply(string text, int? expected = null, TimeSpan? confirm = null) =>
        Ask(new RuleProtocol.Apply(new SourceText("new.rules", text), "me", expected, confirm));

    private protected Task<RuleChange> Rollback(int generation) => Ask(new RuleProtocol.Rollback(generation, "me"));

    private protected Task<RuleChange> Confirm(int generation) => Ask(new RuleProtocol.Confirm(generation));

    private protected Task<RuleChange> Ask(RuleProtocol.Request request)
    {
        Agent.Tell(request);
        return request.Answer.WaitAsync(Runs.Patience);
    }

    protected Task TimePasses(TimeSpan time) => TimePasses(Agent, time);

    private string? Refuse()
    {
        MayBuild.Wait(Runs.Patience);
        var fault = Fault;
        Fault = null;
        return fault is null ? Refusal : throw fault;
    }
}
