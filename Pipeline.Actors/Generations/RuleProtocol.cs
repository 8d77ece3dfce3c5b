using Pipeline.Actors.Dispatch;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Generations;

/// <summary>What the rule agent is told. Wishes are answered through their <see cref="Request.Answer"/>, which any thread may await.</summary>
internal static class RuleProtocol
{
    public abstract record Request : ILocalMessage
    {
        private readonly TaskCompletionSource<RuleChange> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<RuleChange> Answer => _answer.Task;

        public void Reply(RuleChange change) => _answer.TrySetResult(change);

        public void Fail(Exception error) => _answer.TrySetException(error);
    }

    /// <summary>Put a text in force.</summary>
    /// <param name="ExpectedGeneration">Only while this one is in force; null whatever is.</param>
    /// <param name="ConfirmWithin">Roll back unless it is confirmed within so long; null to keep it.</param>
    public sealed record Apply(SourceText Source, string Who, int? ExpectedGeneration, TimeSpan? ConfirmWithin) : Request;

    /// <summary>Put the text of an earlier generation in force again, under a new number.</summary>
    /// <param name="Unconfirmed">Only while this generation still waits to be confirmed; null in any case.</param>
    /// <param name="ExpectedGeneration">Only while this one is in force; null whatever is.</param>
    public sealed record Rollback(int Generation, string Who, int? Unconfirmed = null, int? ExpectedGeneration = null) : Request;

    /// <summary>Keep the generation in force.</summary>
    public sealed record Confirm(int Generation) : Request;

    /// <summary>To itself: the rules of a wish are compiled, or have errors, or something broke.</summary>
    public sealed record Built(Request Request, MarkTable? Table, IReadOnlyList<Diagnostic> Diagnostics, Exception? Fault) : ILocalMessage;

    /// <summary>To itself: nobody has confirmed.</summary>
    public sealed record ConfirmDeadline(int Generation) : ILocalMessage;
}
