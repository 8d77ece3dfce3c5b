using System.Collections.Concurrent;
using System.Diagnostics;
using Akka.Actor;
using Pipeline.Actors.Cluster.Wire;
using Pipeline.Actors.Generations;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Cluster.Rules;

/// <summary>This node's requests to the authority. A request is asked again until it is answered, also across actor systems.</summary>
internal sealed partial class ClusterRules
{
    /// <summary>The most requests of this node that wait at a time.</summary>
    private const int MostAsked = 64;

    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<Guid, Asked> _asked = new();

    /// <summary>How long a request waits for an authority that says nothing.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long an answer waits for members that are behind, and how long after the deadline a node alone rolls back.</summary>
    public TimeSpan Settling { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Asks the authority to change the rules of the cluster.</summary>
    /// <exception cref="InvalidOperationException">
    /// Something broke at the authority, or too many requests wait. Nothing was changed.
    /// </exception>
    /// <exception cref="OperationCanceledException">The caller has stopped waiting. The request may still be carried out.</exception>
    public Task<RuleChange> Ask(RuleProtocol.Request request, CancellationToken stop) => Ask(request, Guid.NewGuid(), stop);

    /// <param name="request">What is wanted.</param>
    /// <param name="id">The same for the same request, which is carried out once.</param>
    /// <param name="stop">Ends the wait.</param>
    /// <inheritdoc cref="Ask(RuleProtocol.Request, CancellationToken)"/>
    public async Task<RuleChange> Ask(RuleProtocol.Request request, Guid id, CancellationToken stop)
    {
        if (_asked.Count >= MostAsked)
            throw new InvalidOperationException($"{MostAsked} requests wait for an answer already; try again when some have been answered");
        if (TooLong(request) is { } refusal) return refusal;
        var asked = new Asked(AskOf(request, id), Stopwatch.GetTimestamp());
        _asked[asked.Ask.Id] = asked;
        try
        {
            using var stopped = CancellationTokenSource.CreateLinkedTokenSource(stop, ended);
            if (await ReplyTo(asked, stopped.Token) is { } reply) return await ChangeOf(request, reply, stopped.Token);
            return Outcome(asked.GiveUp() ? RuleOutcome.Unsure : RuleOutcome.NoAuthority);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested && !stop.IsCancellationRequested)
        {
            return Outcome(asked.GiveUp() ? RuleOutcome.Unsure : RuleOutcome.Ended);
        }
        finally
        {
            _asked.TryRemove(asked.Ask.Id, out _);
        }
    }

    /// <summary>The authority has a request of this node.</summary>
    /// <returns>Whether it may carry the request out. A request that was given up never may.</returns>
    public bool MayGo(RuleHeld held) => _asked.TryGetValue(held.Id, out var asked) && asked.Heard(Stopwatch.GetTimestamp(), held.IsReady);

    public void OnReply(RuleReply reply)
    {
        if (_asked.TryGetValue(reply.Id, out var asked)) asked.Reply.TrySetResult(reply);
    }

    /// <returns>The answer; null where nobody answers.</returns>
    private async Task<RuleReply?> ReplyTo(Asked asked, CancellationToken stop)
    {
        while (Govern)
        {
            _follower.Tell(new RuleFollower.Carry(asked.Ask));
            await Task.WhenAny(asked.Reply.Task, Pause(Patience < Retry ? Patience : Retry, stop));
            if (asked.Reply.Task.IsCompleted) return await asked.Reply.Task;
            stop.ThrowIfCancellationRequested();
            if (Stopwatch.GetElapsedTime(asked.HeardAt) >= Patience) break;
        }

        // What was agreed on may be known although the answer was lost.
        asked.GiveUp();
        if (Array.Find(_agreed?.Entries ?? [], e => e.Request == asked.Ask.Id) is not { } made) return null;
        return new RuleReply
        {
            Id = asked.Ask.Id, Kind = RuleReplyKind.Agreed, Generation = made.Number, ConfirmBy = made.ConfirmBy, Words = "",
        };
    }

    private RuleChange Outcome(RuleOutcome outcome) => new() { Outcome = outcome, Generation = _pipeline?.History[^1].Number ?? 0 };

    private async Task<RuleChange> ChangeOf(RuleProtocol.Request request, RuleReply reply, CancellationToken stop)
    {
        var change = new RuleChange
        {
            Outcome = OutcomeOf(reply),
            Generation = reply.Generation,
            ConfirmBy = AgreedHistory.TimeOf(reply.ConfirmBy),
        };
        if (reply.Kind == RuleReplyKind.Invalid && request is RuleProtocol.Apply apply)
            return change with { Diagnostics = await DiagnosticsOf(apply, reply.Words) };
        if (reply.Kind == RuleReplyKind.Unknown) return change with { Known = [.. (_agreed?.Entries ?? []).Select(e => e.Number)] };
        if (reply.Kind is RuleReplyKind.Confirmed or RuleReplyKind.Unchanged) await UntilKnownHere(reply, stop);
        if (reply.Kind != RuleReplyKind.Agreed) return change;
        var here = await Here(reply.Generation, stop);
        return change with
        {
            Diagnostics = here?.Diagnostics ?? [],
            Delta = here?.Delta ?? Nic.Rules.RuleSetDelta.None,
            Cluster = await Spread(reply.Generation, stop),
        };
    }

    private static RuleOutcome OutcomeOf(RuleReply reply) => reply.Kind switch
    {
        RuleReplyKind.Agreed => RuleOutcome.Applied,
        RuleReplyKind.Unchanged => RuleOutcome.Unchanged,
        RuleReplyKind.Confirmed => RuleOutcome.Confirmed,
        RuleReplyKind.Invalid => RuleOutcome.Invalid,
        RuleReplyKind.Conflict => RuleOutcome.Conflict,
        RuleReplyKind.Unknown => RuleOutcome.Unknown,
        _ => throw new InvalidOperationException($"the cluster cannot do it: {Quoted.Short(reply.Words, 500)}; nothing was changed"),
    };

    /// <summary>
    /// Errors with their places do not travel: this node finds the same ones. It finds none where only the authority's node refuses the
    /// text, because of its devices.
    /// </summary>
    private async Task<IReadOnlyList<Diagnostic>> DiagnosticsOf(RuleProtocol.Apply apply, string words)
    {
        var check = _pipeline is { } pipeline ? await pipeline.Check(apply.Text, apply.Source) : null;
        return check is { Rules: null } ? check.Diagnostics : [ErrorIn(apply, words)];
    }

    private static Diagnostic ErrorIn(RuleProtocol.Apply apply, string words) =>
        Diagnostic.Error(new SourceText(apply.Source, apply.Text), default, words);

    private RuleChange? TooLong(RuleProtocol.Request request)
    {
        if (request is not RuleProtocol.Apply apply) return null;
        var bytes = System.Text.Encoding.UTF8.GetByteCount(apply.Text);
        if (bytes <= RuleTexts.MostBytes) return null;
        var why = $"the text has {bytes} bytes, and at most {RuleTexts.MostBytes} travel between nodes";
        return Outcome(RuleOutcome.Invalid) with { Diagnostics = [ErrorIn(apply, why)] };
    }

    private RuleAsk AskOf(RuleProtocol.Request request, Guid id)
    {
        var (apply, rollback) = (request as RuleProtocol.Apply, request as RuleProtocol.Rollback);
        return new RuleAsk
        {
            Id = id,
            Verb = apply is not null ? RuleVerb.Apply : rollback is not null ? RuleVerb.Rollback : RuleVerb.Confirm,
            Generation = rollback?.Generation ?? (request as RuleProtocol.Confirm)?.Generation ?? 0,
            Expected = apply?.ExpectedGeneration ?? rollback?.ExpectedGeneration ?? 0,
            Hash = apply is null ? "" : Texts.Add(apply.Text),
            Bytes = apply is null ? 0 : System.Text.Encoding.UTF8.GetByteCount(apply.Text),
            Source = AgreedHistory.Name(apply?.Source ?? ""),
            Who = AgreedHistory.Name(apply?.Who ?? rollback?.Who ?? ""),
            ConfirmWithin = (long)Math.Ceiling(apply?.ConfirmWithin?.TotalMilliseconds ?? 0),
        };
    }

    /// <summary>A request that waits.</summary>
    private sealed class Asked(RuleAsk ask, long now)
    {
        private readonly Lock _gate = new();
        private bool _isGivenUp;
        private bool _hasGone;
        private long _heardAt = now;

        public RuleAsk Ask { get; } = ask;

        public TaskCompletionSource<RuleReply> Reply { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>When an authority was heard of it last.</summary>
        public long HeardAt => Volatile.Read(ref _heardAt);

        public bool Heard(long at, bool isReady)
        {
            lock (_gate)
            {
                Volatile.Write(ref _heardAt, at);
                if (!isReady || _isGivenUp) return false;
                return _hasGone = true;
            }
        }

        /// <summary>From now on no authority is told to carry it out.</summary>
        /// <returns>Whether one was.</returns>
        public bool GiveUp()
        {
            lock (_gate)
            {
                _isGivenUp = true;
                return _hasGone;
            }
        }
    }
}
