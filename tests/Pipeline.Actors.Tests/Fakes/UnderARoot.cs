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

    private static readonly SupervisorStrategy AsTheRootDoes = new OneForOneStrategy(_ => Directive.Restart);

    /// <param name="configuration">HOCON in front of the product's own.</param>
    protected UnderARoot(string configuration)
        : base(ConfigurationFactory.ParseString(configuration).WithFallback(EmbeddedConfig.Load())) => Root = CreateTestProbe();

    protected TestProbe Root { get; }

    protected IActorRef Child(Props props, string name) => Root.ChildActorOf(props, name, AsTheRootDoes);

    /// <summary>Whatever was told before has been received by then.</summary>
    protected static Task Answered(IActorRef actor) => actor.Ask<ActorIdentity>(new Identify(1)).WaitAsync(Runs.Patience);
}
