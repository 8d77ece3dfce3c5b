using Akka.Actor;
using Pipeline.Actors.Dispatch;

namespace Pipeline.Actors.Generations;

/// <summary>
/// Decides which rules are in force: the actor around a <see cref="RuleAuthorityState"/>. It knows who asked, has a clock, and tells agents
/// what to do. They compile rules and offer them on their nodes.
/// </summary>
internal sealed class RuleAuthority : UntypedActor, IWithTimers
{
    private const string Deadline = "confirm";

    private readonly RuleRegister _register;
    private readonly IActorRef _agent;

    private RuleAuthority(RuleRegister register, IActorRef agent)
    {
        _register = register;
        _agent = agent;
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(RuleRegister register, IActorRef agent) =>
        Akka.Actor.Props.CreateBy(new ActorProducer<RuleAuthority>(() => new RuleAuthority(register, agent)))
            .WithDispatcher(DispatcherIds.Control);

    /// <summary>Resumes the state, also after a failure, in which the timer was lost.</summary>
    protected override void PreStart() => Take(_register.State.Resume(Now));

    /// <summary>The message being handled is lost, so nothing may wait for its effects.</summary>
    protected override void PreRestart(Exception reason, object message)
    {
        if (message is RuleProtocol.Request) Sender.Tell(new RuleProtocol.Answer(null, reason.Message));
        Take(_register.State.OnBroken(ticket: null, reason.Message, Now));
    }

    protected override void PostStop() => Take(_register.State.End());

    protected override void OnReceive(object message)
    {
        var state = _register.State;
        switch (message)
        {
            case RuleProtocol.Request request: OnRequest(request, state.Accept(request, Now)); break;
            case RuleProtocol.Built built: Take(state.OnBuilt(built, Now)); break;
            case RuleProtocol.InForce inForce: Take(state.OnInForce(inForce.Ticket, Now)); break;
            case RuleProtocol.Broken broken: Take(state.OnBroken(broken.Ticket, broken.Words, Now)); break;
            case RuleProtocol.ConfirmDeadline deadline: OnDeadline(deadline.Generation); break;
            default: Unhandled(message); break;
        }
    }

    private DateTimeOffset Now => Context.System.Scheduler.Now;

    private void OnRequest(RuleProtocol.Request request, RuleStep step)
    {
        _register.Askers.Add(step.State.LastTicket, Sender);
        _register.Spans.Begin(step.State.LastTicket, request);
        Take(step);
    }

    private void OnDeadline(int generation)
    {
        var step = _register.State.OnDeadline(generation, Now);
        _register.Spans.Begin(step.State.LastTicket, new RuleProtocol.Rollback(_register.State.History.Confirmed.Number, RuleAuthorityState.Unconfirmed, generation));
        Take(step);
    }

    private void Take(RuleStep step)
    {
        _register.State = step.State;
        foreach (var effect in step.Effects) Do(effect);
    }

    private void Do(RuleEffect effect)
    {
        switch (effect)
        {
            case RuleEffect.Answer answer: Answer(answer); break;
            case RuleEffect.Build build: _agent.Tell(build.What with { Trace = _register.Spans.Of(build.What.Ticket) }); break;
            case RuleEffect.PutInForce put: _agent.Tell(new RuleProtocol.PutInForce(put.Ticket) { Trace = _register.Spans.Of(put.Ticket) }); break;
            case RuleEffect.AwaitConfirmation wait: AwaitConfirmation(wait); break;
            case RuleEffect.ForgetDeadline: Timers.Cancel(Deadline); break;
            case RuleEffect.Tell tell: Context.Parent.Tell(tell.What); break;
        }
    }

    /// <summary>Nobody asked for a rollback that a missing confirmation brings about.</summary>
    private void Answer(RuleEffect.Answer answer)
    {
        _register.Spans.End(answer.Ticket, answer.What);
        if (_register.Askers.Remove(answer.Ticket, out var asker)) asker.Tell(answer.What);
    }

    /// <summary>A later generation replaces one that waited, because only the generation in force can be confirmed.</summary>
    private void AwaitConfirmation(RuleEffect.AwaitConfirmation wait)
    {
        var left = wait.By - Now;
        Timers.StartSingleTimer(Deadline, new RuleProtocol.ConfirmDeadline(wait.Generation), left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }
}
