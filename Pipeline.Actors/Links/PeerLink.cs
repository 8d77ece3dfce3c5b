using System.Net.Sockets;
using Akka.Actor;
using Pipeline.Actors.Dispatch;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Links;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Links;

/// <summary>
/// Keeps the link to one life of another node: dials it, dials it again when it breaks, and finds out when that is in vain. What the other
/// node has not disposed is never lost here: it goes over the next link, or back to the instances, from where it goes to others.
/// </summary>
/// <remarks>
/// <code>
///   Dialling ── connected ──> Up ── broke ──> Broken ── lease over ──> LeaseOver ── GiveUp ──> GivenUp
///                             ^                  │  nobody listens ──> Dead to the root           ^
///                             └── connected ─────┴──────────────────────────┘    GiveUp of any ───┘
/// </code>
/// The root decides whether a link whose lease is over is given up: only where others can do the work.
/// </remarks>
internal sealed class PeerLink : UntypedActor, IWithTimers
{
    private const string AgainTimer = "again";

    /// <summary>A node that has just come may not know this one yet, which is nothing to tell anybody.</summary>
    private const int FailuresToSay = 8;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// How long after the end of a link the other node may process what it got: its lease, and what clocks differ by meanwhile.
    /// </summary>
    private static readonly TimeSpan Lease = LinkSender.Lease + TimeSpan.FromMilliseconds(500);

    private readonly PeerCell _cell;
    private readonly LinkDialer _dialer;
    private long _epoch;
    private long _brokenAt = LinkClock.Boot.GetTimestamp();
    private bool _isDialling;
    private bool _isDead;
    private bool _isGivenBack;
    private bool _hasStopped;
    private int _failures;

    private PeerLink(PeerCell cell, LinkDialer dialer) => (_cell, _dialer) = (cell, dialer);

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(PeerCell cell, LinkDialer dialer) =>
        Akka.Actor.Props.CreateBy(new ActorProducer<PeerLink>(() => new PeerLink(cell, dialer))).WithDispatcher(DispatcherIds.Control);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case PeerProtocol.Open: OnOpen(); break;
            case PeerProtocol.Dialled dialled: OnDialled(dialled.Connection); break;
            case PeerProtocol.DialFailed failed: OnDialFailed(failed.Error); break;
            case PeerProtocol.Ended ended: OnEnded(ended); break;
            case PeerProtocol.Again: OnAgain(); break;
            case PeerProtocol.GiveUp giveUp: OnGiveUp(giveUp.IsDead); break;
            case PeerProtocol.Finish: OnFinish(); break;
            case PeerProtocol.Idle idle: OnIdle(idle.Epoch); break;
            default: Unhandled(message); break;
        }
    }

    /// <summary>After a failure of this actor's own, the link is taken for broken, and what was sent over it is still the link's.</summary>
    protected override void PreStart()
    {
        if (_cell.State == PeerState.Up) Break();
        if (_cell.Instances.Count > 0) Self.Tell(PeerProtocol.Again.Instance);
    }

    /// <summary>Nothing is dropped for it: a new incarnation goes on with the same link.</summary>
    protected override void PreRestart(Exception reason, object message)
    {
    }

    /// <summary>What is still out is lost with the run.</summary>
    protected override void PostStop()
    {
        Volatile.Write(ref _hasStopped, true);
        HandBack(lastWords: null);
        foreach (var instance in _cell.Instances) instance.DropAll(DropReason.Shutdown);
    }

    private void OnOpen()
    {
        if (_cell.State == PeerState.Up) Open();
        else if (_cell.State != PeerState.GivenUp) Dial();
    }

    private void Open()
    {
        var instances = _cell.Instances;
        foreach (var instance in instances) instance.Resume(_cell.Sender!);
        Context.Parent.Tell(new PeerProtocol.Opened(_cell, instances));
    }

    private void Dial()
    {
        if (_isDialling) return;
        _isDialling = true;
        Task.Run(DialUnlessStopped).PipeTo(
            Self, Self, connection => new PeerProtocol.Dialled(connection), error => new PeerProtocol.DialFailed(error));
    }

    /// <summary>Nobody would take the connection of an actor that has stopped meanwhile.</summary>
    private LinkConnection DialUnlessStopped()
    {
        var connection = _dialer.Dial(_cell);
        if (!Volatile.Read(ref _hasStopped)) return connection;
        connection.Dispose();
        throw new OperationCanceledException();
    }

    private void OnDialled(LinkConnection connection)
    {
        _isDialling = false;
        if (_cell.State == PeerState.GivenUp)
        {
            connection.Dispose();
            return;
        }

        var (isFirst, self, epoch) = (_cell.Sender is null, Self, connection.Hello.Epoch);
        HandBack(connection.LastWords);
        _epoch = epoch;
        _cell.Sender = new LinkSender(
            connection, new LinkOptions { Name = $"to {_cell.Name}", OnEnded = ending => self.Tell(new PeerProtocol.Ended(epoch, ending)) });
        _cell.State = PeerState.Up;
        Say(isFirst ? "is there" : "is back");
        Open();
        if (_cell.IsFinishing) OnFinish();
    }

    /// <summary>Closes the link, and has the instances keep what it hands back. Once it is closed there is nothing more.</summary>
    private void HandBack(LinkLastWords? lastWords)
    {
        var handedBack = new List<(int Lane, PageBundle Bundle)>();
        _cell.Sender?.Close((lane, bundle) => handedBack.Add((lane, bundle)), lastWords);
        foreach (var instance in _cell.Instances) instance.Suspend([.. handedBack.Where(b => instance.Owns(b.Lane)).Select(b => b.Bundle)]);
    }

    private void OnDialFailed(Exception failure)
    {
        _isDialling = false;
        var error = failure.GetBaseException();
        if (_cell.State == PeerState.GivenUp) return;
        var why = error.Message.ReplaceLineEndings(" ");
        if (_cell.Sender is not null && error is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
        {
            // A machine that answers so has no process there any more. A new one would have another UID.
            Context.Parent.Tell(new PeerProtocol.Dead(_cell));
        }
        else if (++_failures == FailuresToSay)
        {
            Say($"does not come about: {why}");
        }

        Timers.StartSingleTimer(AgainTimer, PeerProtocol.Again.Instance, Pause);
    }

    private void OnEnded(PeerProtocol.Ended ended)
    {
        if (ended.Epoch != _epoch || _cell.State != PeerState.Up) return;
        Break();
        Say($"broke: {ended.Ending.Words}");
        Dial();
    }

    private void Break()
    {
        _brokenAt = LinkClock.Boot.GetTimestamp();
        _cell.State = PeerState.Broken;
        _failures = 0;
    }

    private void OnAgain()
    {
        if (_cell.State == PeerState.GivenUp)
        {
            GiveBack();
            return;
        }

        if (_cell.State == PeerState.Broken && IsLeaseOver)
        {
            _cell.State = PeerState.LeaseOver;
            Context.Parent.Tell(new PeerProtocol.LeaseOver(_cell));
        }

        if (_cell.State != PeerState.Up) Dial();
    }

    private bool IsLeaseOver => LinkClock.Boot.GetElapsedTime(_brokenAt) > Lease;

    private void OnGiveUp(bool isDead)
    {
        _isDead |= isDead;
        if (_cell.State == PeerState.Up) Break();
        if (_cell.State == PeerState.Dialling) _isDead = true;
        _cell.State = PeerState.GivenUp;
        GiveBack();
    }

    /// <summary>Gives back what was not acknowledged, when nobody processes it any more.</summary>
    private void GiveBack()
    {
        HandBack(lastWords: null);
        if (!_isDead && !IsLeaseOver)
        {
            Timers.StartSingleTimer(AgainTimer, PeerProtocol.Again.Instance, Pause);
            return;
        }

        _isGivenBack = true;
        Context.Parent.Tell(new PeerProtocol.GivenUp(_cell));
        if (_cell.IsFinishing) OnFinish();
    }

    private void OnFinish()
    {
        _cell.IsFinishing = true;
        var (self, epoch) = (Self, _epoch);
        if (_isGivenBack || _cell.Sender is null) Context.Parent.Tell(new PeerProtocol.Finished(_cell));
        else if (_cell.State == PeerState.Up) _cell.Sender.WakeWhenIdle(() => self.Tell(new PeerProtocol.Idle(epoch)));
    }

    /// <summary>A link that was closed says so too; what it handed back is still to be settled.</summary>
    private void OnIdle(long epoch)
    {
        if (epoch == _epoch && _cell.State == PeerState.Up) Context.Parent.Tell(new PeerProtocol.Finished(_cell));
    }

    private void Say(string words) => Context.Parent.Tell(new PeerProtocol.Happened(_cell, words));
}
