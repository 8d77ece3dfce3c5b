using System.Collections.Immutable;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Generations;

/// <summary>
/// Numbers rule sets, keeps their history and has them confirmed. Immutable and pure: every message makes another state, and says what is
/// to be done. It knows no actors and no clock, and not how rules are compiled.
/// </summary>
/// <remarks>
/// <code>
///   request ──> its turn ──> Building ──Built──> Offering ──InForce──> answered ──Confirm──> kept
///                  │             │                                        └── deadline ──> a request to roll back
///            Conflict, Unknown  Invalid, Broken
/// </code>
/// A generation is in the history from the moment that agents are told to put it in force. If the answer is lost, its number must not be
/// given to other rules.
/// </remarks>
internal sealed partial record RuleAuthorityState
{
    /// <summary>The name that the history gives to a rollback because of a missing confirmation.</summary>
    public const string Unconfirmed = "not confirmed in time";

    public RuleAuthorityState(RuleGeneration first) => History = new RuleHistory(first);

    public RuleHistory History { get; private init; }

    /// <summary>The request being worked on; null for none.</summary>
    public RuleWork? AtWork { get; private init; }

    /// <summary>Those that wait for their turn.</summary>
    public ImmutableQueue<RuleWork> Waiting { get; private init; } = [];

    /// <summary>
    /// The number of requests so far, which is also the ticket of the last one. An answer carries the ticket of its request.
    /// </summary>
    public long LastTicket { get; private init; }

    /// <summary>Takes in a request, under the next ticket.</summary>
    public RuleStep Accept(RuleProtocol.Request request, DateTimeOffset now) =>
        (this with { LastTicket = LastTicket + 1, Waiting = Waiting.Enqueue(new RuleWork(LastTicket + 1, request)) }).Next(now);

    /// <summary>An agent has compiled a text, or found errors in it.</summary>
    public RuleStep OnBuilt(RuleProtocol.Built built, DateTimeOffset now)
    {
        if (AtWork is not { Built: null } work || work.Ticket != built.Ticket) return RuleStep.None(this);
        if (!built.Succeeded) return Finish(work, RuleOutcome.Invalid, now, built);
        var entry = EntryOf(work.Request, built.Rules, now);
        var next = this with { History = History.Add(entry), AtWork = work with { Built = built } };
        return new RuleStep(next, [next.Deadline(), new RuleEffect.PutInForce(work.Ticket), new RuleEffect.Tell(ChangeOf(entry))]);
    }

    /// <summary>Agents have put it in force.</summary>
    public RuleStep OnInForce(long ticket, DateTimeOffset now) =>
        AtWork is { Built: { } built } work && work.Ticket == ticket ? Finish(work, RuleOutcome.Applied, now, built) : RuleStep.None(this);

    /// <summary>Something broke at an agent, or here: whoever waits for the request is told, and the next has its turn.</summary>
    /// <param name="ticket">The request that it was about; null for the one being worked on.</param>
    public RuleStep OnBroken(long? ticket, string words, DateTimeOffset now)
    {
        if (AtWork is not { } work || (ticket is { } about && about != work.Ticket)) return RuleStep.None(this);
        return (this with { AtWork = null }).Next(now, new RuleEffect.Answer(work.Ticket, new RuleProtocol.Answer(null, words)));
    }

    /// <summary>The time to confirm a generation is over.</summary>
    public RuleStep OnDeadline(int generation, DateTimeOffset now) =>
        Accept(new RuleProtocol.Rollback(History.Confirmed.Number, Unconfirmed, generation), now);

    /// <summary>The first effects, at the start and after a failure: the deadline is set again, and requests have their turn.</summary>
    public RuleStep Resume(DateTimeOffset now) => Next(now, Deadline());

    /// <summary>Decides nothing more, and tells everyone who waits.</summary>
    public RuleStep End()
    {
        var waiting = AtWork is { } work ? Waiting.Prepend(work) : Waiting;
        return new RuleStep(this with { AtWork = null, Waiting = [] }, [.. waiting.Select(w => Reply(w, RuleOutcome.Ended))]);
    }

    private int NextNumber => History.Current.Number + 1;

    private RuleEffect Deadline() => History.Current is { IsAgreed: false, ConfirmBy: { } by, Number: var number }
        ? new RuleEffect.AwaitConfirmation(number, by)
        : RuleEffect.ForgetDeadline.Instance;

    private RuleEffect.Answer Reply(RuleWork work, RuleOutcome outcome, RuleProtocol.Built? built = null)
    {
        var change = new RuleChange
        {
            Outcome = outcome,
            Generation = History.Current.Number,
            Diagnostics = built?.Diagnostics ?? [],
            Delta = outcome == RuleOutcome.Applied ? built!.Delta : RuleSetDelta.None,
            ConfirmBy = History.Current.ConfirmBy,
            Known = outcome == RuleOutcome.Unknown ? [.. History.All.Select(g => g.Number)] : [],
        };
        return new RuleEffect.Answer(work.Ticket, new RuleProtocol.Answer(change));
    }

    private RuleStep Finish(RuleWork work, RuleOutcome outcome, DateTimeOffset now, RuleProtocol.Built? built) =>
        (this with { AtWork = null }).Next(now, Reply(work, outcome, built));
}

/// <summary>A request at work or waiting.</summary>
/// <param name="Ticket">The ticket it was accepted under.</param>
/// <param name="Built">What agents built for it; null before they have.</param>
internal sealed record RuleWork(long Ticket, RuleProtocol.Request Request, RuleProtocol.Built? Built = null);

/// <summary>The state after a message, and its effects in the order to carry them out.</summary>
internal sealed record RuleStep(RuleAuthorityState State, ImmutableList<RuleEffect> Effects)
{
    public static RuleStep None(RuleAuthorityState state) => new(state, []);
}
