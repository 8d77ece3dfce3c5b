using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Pipeline.Actors.Dispatch;

namespace Pipeline.Actors.Tests.Fakes;

/// <summary>For tests of one actor. It is the child of a probe, which stands for the root and restarts what throws as the root does.</summary>
public abstract class UnderARoot : TestKit
{
    /// <summary>For actors that are made to fail, of which nothing is to be read in the tests' output.</summary>
    protected const string Silent = "akka.loglevel = OFF";

    /// <summary>For tests in which time passes only when they say so.</summary>
    protected const string VirtualTime = "akka.scheduler.implementation = \"Akka.TestKit.TestScheduler, Akka.TestKit\"";

    private static readonly SupervisorStrategy AsTheRootDoes = new OneForOneStrategy(_ => Directive.Restart);

    /// <param name="configuration">HOCON in front of the product's own.</param>
    protected UnderARoot(string configuration)
        : base(ConfigurationFactory.ParseString(configuration).WithFallback(EmbeddedConfig.Load())) => Root = CreateTestProbe();

    protected TestProbe Root { get; }

    /// <summary>Behind <see cref="VirtualTime"/>.</summary>
    protected TestScheduler Time => (TestScheduler)Sys.Scheduler;

    protected IActorRef Child(Props props, string name) => Root.ChildActorOf(props, name, AsTheRootDoes);

    /// <summary>Whatever was told before has been received by then.</summary>
    protected static Task Answered(IActorRef actor) => actor.Ask<ActorIdentity>(new Identify(1)).WaitAsync(Runs.Patience);

    /// <summary>An answer from the actor before and after: its timers are set by then, and what they told it is done.</summary>
    protected async Task TimePasses(IActorRef actor, TimeSpan time)
    {
        await Answered(actor);
        Time.Advance(time);
        await Answered(actor);
    }
}
