using Akka.Actor;
using Pipeline.Actors.Dispatch;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Generations;

/// <summary>
/// Changes the rules of a running pipeline: one wish after the other is checked, numbered, compiled on a thread of its own, and
/// offered to every router by one reference write. What is in force stays so until the new rules are ready to run.
/// </summary>
/// <remarks>
/// <code>
///   wish ──> its turn ──> compiling ──Built──> in force ──Confirm──> kept
///              │              │                   └── deadline ──> a wish to roll back
///            Conflict      Invalid
/// </code>
/// </remarks>
internal sealed class RuleAgent : UntypedActor, IWithTimers
{
    private const string Deadline = "confirm";
    private const string Unconfirmed = "not confirmed in time";

    private readonly RuleCell _cell;

    private RuleAgent(RuleCell cell) => _cell = cell;

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(RuleCell cell) =>
        Akka.Actor.Props.CreateBy(new ActorProducer<RuleAgent>(() => new RuleAgent(cell))).WithDispatcher(DispatcherIds.Control);

    /// <summary>After a failure too, which has taken the timer and may have come between two wishes.</summary>
    protected override void PreStart()
    {
        AwaitConfirmation();
        Next();
    }

    protected override void PreRestart(Exception reason, object message)
    {
        _cell.AtWork?.Fail(reason);
        (message as RuleProtocol.Request)?.Fail(reason);
        _cell.AtWork = null;
    }

    protected override void PostStop()
    {
        if (_cell.AtWork is { } request) Reply(request, RuleOutcome.Ended);
        _cell.AtWork = null;
        while (_cell.Waiting.TryDequeue(out var waiting)) Reply(waiting, RuleOutcome.Ended);
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case RuleProtocol.Request request: OnRequest(request); break;
            case RuleProtocol.Built built: OnBuilt(built); break;
            case RuleProtocol.ConfirmDeadline deadline: OnConfirmDeadline(deadline.Generation); break;
            default: Unhandled(message); break;
        }
    }

    private void OnRequest(RuleProtocol.Request request)
    {
        _cell.Waiting.Enqueue(request);
        Next();
    }

    private void Next()
    {
        while (_cell.AtWork is null && _cell.Waiting.TryDequeue(out var request)) Begin(request);
    }

    private void Begin(RuleProtocol.Request request)
    {
        switch (request)
        {
            case RuleProtocol.Apply apply: BeginApply(apply); break;
            case RuleProtocol.Rollback rollback: BeginRollback(rollback); break;
            case RuleProtocol.Confirm confirm: Reply(confirm, Confirm(confirm.Generation)); break;
        }
    }

    private void BeginApply(RuleProtocol.Apply apply)
    {
        var current = _cell.History.Current;
        if (apply.ExpectedGeneration is { } expected && expected != current.Number) Reply(apply, RuleOutcome.Conflict);
        else if (apply.Source.Text != current.Text) Build(apply, apply.Source);
        else
        {
            // Asking for the same once more, and for good, confirms it.
            if (apply.ConfirmWithin is null && current.ConfirmBy is not null) Confirm(current.Number);
            Reply(apply, RuleOutcome.Unchanged);
        }
    }

    private void BeginRollback(RuleProtocol.Rollback rollback)
    {
        var current = _cell.History.Current;
        var isLate = rollback.Unconfirmed is { } unconfirmed && (unconfirmed != current.Number || current.ConfirmBy is null);
        var isOther = rollback.ExpectedGeneration is { } expected && expected != current.Number;
        if (isLate || isOther) Reply(rollback, RuleOutcome.Conflict);
        else if (_cell.History.Find(rollback.Generation) is not { } earlier) Reply(rollback, RuleOutcome.Unknown);
        else Build(rollback, new SourceText(earlier.Source, earlier.Text));
    }

    private RuleOutcome Confirm(int generation)
    {
        if (_cell.History.Current is not { ConfirmBy: not null } current || current.Number != generation) return RuleOutcome.Conflict;
        Timers.Cancel(Deadline);
        _cell.History.Confirm();
        return RuleOutcome.Confirmed;
    }

    /// <summary>Compiling may take seconds, so it is done on another thread, and nothing else meanwhile.</summary>
    private void Build(RuleProtocol.Request request, SourceText source)
    {
        _cell.AtWork = request;
        var (cell, self, inForce) = (_cell, Self, _cell.InForce);
        var number = inForce.Rules.Generation + 1;
        Task.Run(() =>
        {
            try
            {
                var table = cell.Builder.Build(source, number, inForce.Links, out var diagnostics);
                if (table is not null) diagnostics = [.. diagnostics, .. cell.Builder.Offload(table)];
                self.Tell(new RuleProtocol.Built(request, table, diagnostics, null));
            }
            catch (Exception error)
            {
                self.Tell(new RuleProtocol.Built(request, null, [], error));
            }
        });
    }

    private void OnBuilt(RuleProtocol.Built built)
    {
        // A wish that an earlier incarnation failed has been answered.
        if (!ReferenceEquals(built.Request, _cell.AtWork)) return;
        if (built.Fault is not null) built.Request.Fail(built.Fault);
        else if (built.Table is null) Reply(built.Request, RuleOutcome.Invalid, built.Diagnostics);
        else PutInForce(built.Request, built.Table, built.Diagnostics);
        _cell.AtWork = null;
        Next();
    }

    private void PutInForce(RuleProtocol.Request request, MarkTable table, IReadOnlyList<Diagnostic> diagnostics)
    {
        var delta = RuleSetDelta.Between(_cell.InForce.Rules, table.Rules);
        _cell.PutInForce(table, EntryOf(request, table.Rules));
        AwaitConfirmation();
        Reply(request, RuleOutcome.Applied, diagnostics, delta);
    }

    private RuleGeneration EntryOf(RuleProtocol.Request request, RuleSet rules)
    {
        var now = Context.System.Scheduler.Now;
        return new RuleGeneration
        {
            Number = rules.Generation,
            At = now,
            Who = request switch { RuleProtocol.Apply apply => apply.Who, RuleProtocol.Rollback rollback => rollback.Who, _ => "" },
            Source = rules.Source.Name,
            Text = rules.Source.Text,
            Rules = rules.Rules.Count,
            RollbackTo = (request as RuleProtocol.Rollback)?.Generation,
            ConfirmBy = now + (request as RuleProtocol.Apply)?.ConfirmWithin,
        };
    }

    /// <summary>A later generation takes the place of one that waited: only what is in force can be confirmed.</summary>
    private void AwaitConfirmation()
    {
        Timers.Cancel(Deadline);
        if (_cell.History.Current is not { ConfirmBy: { } deadline, Number: var number }) return;
        var left = deadline - Context.System.Scheduler.Now;
        Timers.StartSingleTimer(Deadline, new RuleProtocol.ConfirmDeadline(number), left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }

    private void OnConfirmDeadline(int generation) =>
        OnRequest(new RuleProtocol.Rollback(_cell.History.Confirmed.Number, Unconfirmed, generation));

    private void Reply(
        RuleProtocol.Request request, RuleOutcome outcome, IReadOnlyList<Diagnostic>? diagnostics = null, RuleSetDelta? delta = null)
    {
        var current = _cell.History.Current;
        request.Reply(new RuleChange
        {
            Outcome = outcome,
            Generation = current.Number,
            Diagnostics = diagnostics ?? [],
            Delta = delta ?? RuleSetDelta.None,
            ConfirmBy = current.ConfirmBy,
        });
    }
}
