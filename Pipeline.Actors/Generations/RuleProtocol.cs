using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Routing;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Generations;

/// <summary>
/// The requests to the authority on rules, and the messages between it and the agents of nodes. It answers a <see cref="Request"/> to its
/// sender by an <see cref="Answer"/>.
/// </summary>
internal static class RuleProtocol
{
    public abstract record Request : ILocalMessage
    {
        /// <summary>The span that the asker is within, as W3C writes it; null for none.</summary>
        public string? Trace { get; init; }
    }

    /// <summary>Put a text in force.</summary>
    /// <param name="Source">Where the text came from. Messages about the text begin with it.</param>
    /// <param name="ExpectedGeneration">The generation that must be in force; null for any.</param>
    /// <param name="ConfirmWithin">The time after which the change is rolled back unless it is confirmed; null to keep it.</param>
    public sealed record Apply(string Source, string Text, string Who, int? ExpectedGeneration, TimeSpan? ConfirmWithin) : Request;

    /// <summary>Put the text of an earlier generation in force again, under a new number.</summary>
    /// <param name="Unconfirmed">The generation that must still wait to be confirmed; null for no such condition.</param>
    /// <param name="ExpectedGeneration">The generation that must be in force; null for any.</param>
    public sealed record Rollback(int Generation, string Who, int? Unconfirmed = null, int? ExpectedGeneration = null) : Request;

    /// <summary>Keep the generation in force.</summary>
    public sealed record Confirm(int Generation, string? Who = null) : Request;

    /// <summary>Put in force what the cluster agreed on, or would, under its own number.</summary>
    /// <param name="Unconfirmed">The generation that must still wait to be confirmed; null for no such condition.</param>
    public sealed record Follow(RuleGeneration Generation, int? Unconfirmed = null) : Request;

    /// <summary>The outcome of a request.</summary>
    /// <param name="Change">The outcome; null when something broke.</param>
    /// <param name="Failure">What broke, in words.</param>
    public sealed record Answer(RuleChange? Change, string Failure = "") : ILocalMessage
    {
        /// <exception cref="InvalidOperationException">Something broke.</exception>
        public RuleChange ToResult() => Change ?? throw new InvalidOperationException(Failure);
    }

    /// <summary>To an agent: check and compile a text, and get ready to put it in force.</summary>
    /// <param name="Ticket">The ticket of the request that it is for. The answers carry it too.</param>
    /// <param name="Generation">The number that the rules get.</param>
    public sealed record Build(long Ticket, int Generation, string Source, string Text) : ILocalMessage
    {
        /// <summary>The span of the request; null for none.</summary>
        public string? Trace { get; init; }
    }

    /// <summary>To the authority: a text is compiled, or has errors.</summary>
    /// <param name="Succeeded">Whether it can be put in force.</param>
    /// <param name="Rules">How many rules it has.</param>
    /// <param name="Delta">The differences that it would make.</param>
    public sealed record Built(
        long Ticket, bool Succeeded, int Rules, IReadOnlyList<Diagnostic> Diagnostics, RuleSetDelta Delta) : ILocalMessage;

    /// <summary>To the authority: something broke while a text was compiled or put in force.</summary>
    public sealed record Broken(long Ticket, string Words) : ILocalMessage;

    /// <summary>To an agent: make every router use what was built for this request.</summary>
    public sealed record PutInForce(long Ticket) : ILocalMessage
    {
        /// <summary>The span of the request; null for none.</summary>
        public string? Trace { get; init; }
    }

    /// <summary>To the authority: every router uses it from its next bundle on.</summary>
    public sealed record InForce(long Ticket) : ILocalMessage;

    /// <summary>To the authority itself: the time to confirm is over.</summary>
    public sealed record ConfirmDeadline(int Generation) : ILocalMessage;

    /// <summary>To the root: what has changed, for those who watch.</summary>
    /// <param name="Who">Who wanted it; null where that is not known.</param>
    public sealed record Changed(int Generation, string Words, string? Who = null) : ILocalMessage;

    /// <summary>To the agent itself: a text is compiled. Null rules say that it has errors.</summary>
    public sealed record Compiled(ReadyRules? Ready, Built Report) : ILocalMessage;

    /// <summary>From the root to its agent, now and then: let go of rules that no router goes by any more.</summary>
    public sealed record LetGo : ILocalMessage
    {
        public static readonly LetGo Instance = new();
    }

    /// <summary>From the root to its agent: make every router use other routes.</summary>
    /// <param name="Plans">One plan for each router, in their order.</param>
    public sealed record ExchangeRoutes(IReadOnlyList<RouterPlan> Plans) : ILocalMessage;

    /// <summary>The answer: routers have been offered the routes of this generation.</summary>
    public sealed record RoutesOffered(int Generation) : ILocalMessage;
}
