using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Routing;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Generations;

/// <summary>
/// What the authority on rules is asked, and what it and the agents of nodes tell each other. A <see cref="Request"/> is answered to its
/// sender by an <see cref="Answer"/>.
/// </summary>
internal static class RuleProtocol
{
    public abstract record Request : ILocalMessage;

    /// <summary>Put a text in force.</summary>
    /// <param name="Source">Where the text came from; messages about it begin so.</param>
    /// <param name="ExpectedGeneration">Only while this one is in force; null whatever is.</param>
    /// <param name="ConfirmWithin">Roll back unless it is confirmed within so long; null to keep it.</param>
    public sealed record Apply(string Source, string Text, string Who, int? ExpectedGeneration, TimeSpan? ConfirmWithin) : Request;

    /// <summary>Put the text of an earlier generation in force again, under a new number.</summary>
    /// <param name="Unconfirmed">Only while this generation still waits to be confirmed; null in any case.</param>
    /// <param name="ExpectedGeneration">Only while this one is in force; null whatever is.</param>
    public sealed record Rollback(int Generation, string Who, int? Unconfirmed = null, int? ExpectedGeneration = null) : Request;

    /// <summary>Keep the generation in force.</summary>
    public sealed record Confirm(int Generation) : Request;

    /// <summary>What became of a request.</summary>
    /// <param name="Change">Null where something broke.</param>
    /// <param name="Failure">What broke, in words.</param>
    public sealed record Answer(RuleChange? Change, string Failure = "") : ILocalMessage
    {
        /// <exception cref="InvalidOperationException">Something broke.</exception>
        public RuleChange ToResult() => Change ?? throw new InvalidOperationException(Failure);
    }

    /// <summary>To an agent: check and compile a text, and get ready to put it in force.</summary>
    /// <param name="Ticket">Of the request it is for. What is told about it comes with the same.</param>
    /// <param name="Generation">The number it is to have.</param>
    public sealed record Build(long Ticket, int Generation, string Source, string Text) : ILocalMessage;

    /// <summary>To the authority: a text is compiled, or has errors.</summary>
    /// <param name="Succeeded">Whether it can be put in force.</param>
    /// <param name="Rules">How many rules it has.</param>
    /// <param name="Delta">What it would change.</param>
    public sealed record Built(
        long Ticket, bool Succeeded, int Rules, IReadOnlyList<Diagnostic> Diagnostics, RuleSetDelta Delta) : ILocalMessage;

    /// <summary>To the authority: something broke while a text was compiled or put in force.</summary>
    public sealed record Broken(long Ticket, string Words) : ILocalMessage;

    /// <summary>To an agent: have every router go by what was built for this request.</summary>
    public sealed record PutInForce(long Ticket) : ILocalMessage;

    /// <summary>To the authority: every router goes by it from its next bundle on.</summary>
    public sealed record InForce(long Ticket) : ILocalMessage;

    /// <summary>To the authority itself: nobody has confirmed.</summary>
    public sealed record ConfirmDeadline(int Generation) : ILocalMessage;

    /// <summary>To the root: what has changed, for those who watch.</summary>
    public sealed record Changed(int Generation, string Words) : ILocalMessage;

    /// <summary>To the agent itself: a text is compiled, which null says it cannot be.</summary>
    public sealed record Compiled(MarkTable? Table, Built Report) : ILocalMessage;

    /// <summary>From the root to its agent: have every router go by other routes.</summary>
    /// <param name="Plans">One to each router, in their order.</param>
    public sealed record ExchangeRoutes(IReadOnlyList<RouterPlan> Plans) : ILocalMessage;

    /// <summary>The answer: routers have been offered the routes of this generation.</summary>
    public sealed record RoutesOffered(int Generation) : ILocalMessage;
}
