using Pipeline.Actors.Cluster.Wire;

namespace Pipeline.Actors.Cluster.Rules;

/// <summary>What the authority answers to a request, and what the cluster agrees on then. Pure.</summary>
/// <param name="Kind">The answer.</param>
/// <param name="Generation">The generation that the answer names.</param>
/// <param name="Next">What the cluster agrees on, once the node that asked says that it still waits; null where nothing changes.</param>
internal sealed record RuleDecision(RuleReplyKind Kind, int Generation, AgreedRules? Next = null)
{
    /// <param name="rules">What the cluster agreed on so far.</param>
    /// <param name="ask">The request, which may have been carried out already.</param>
    /// <param name="now">The time now.</param>
    public static RuleDecision Of(AgreedRules rules, RuleAsk ask, DateTimeOffset now)
    {
        var current = rules.Current();
        if (Array.Find(rules.Entries, e => e.Request == ask.Id) is { } made) return new(RuleReplyKind.Agreed, made.Number);
        if (rules.ConfirmedBy == ask.Id) return new(RuleReplyKind.Confirmed, current.Number);
        if (ask.Expected != 0 && !current.Is(ask.Expected)) return new(RuleReplyKind.Conflict, current.Number);
        return ask.Verb switch
        {
            RuleVerb.Apply => Apply(rules, current, ask, now),
            RuleVerb.Rollback when rules.Find(ask.Generation) is { } earlier =>
                Agreed(rules.GoBack(earlier, ask.Who, now, ask.Id)),
            RuleVerb.Rollback => new(RuleReplyKind.Unknown, current.Number),
            _ when current.ConfirmBy != 0 && current.Is(ask.Generation) =>
                new(RuleReplyKind.Confirmed, current.Number, rules.Confirm(ask.Id)),
            _ => new(RuleReplyKind.Conflict, current.Number),
        };
    }

    private static RuleDecision Apply(AgreedRules rules, AgreedGeneration current, RuleAsk ask, DateTimeOffset now)
    {
        if (ask.Hash == current.Hash)
        {
            // A repeated text without a condition confirms the generation in force, as it does on a node alone.
            var isForGood = ask.ConfirmWithin == 0 && current.ConfirmBy != 0;
            return new(RuleReplyKind.Unchanged, current.Number, isForGood ? rules.Confirm(ask.Id) : null);
        }

        return Agreed(rules.Add(new AgreedGeneration
        {
            Number = current.Number + 1,
            Was = 0,
            Hash = ask.Hash,
            Bytes = ask.Bytes,
            Source = AgreedHistory.Name(ask.Source),
            Who = AgreedHistory.Name(ask.Who),
            At = now.UtcTicks,
            RollbackTo = 0,
            ConfirmBy = ask.ConfirmWithin == 0 ? 0 : now.UtcTicks + (ask.ConfirmWithin * TimeSpan.TicksPerMillisecond),
            Request = ask.Id,
        }));
    }

    /// <summary>Whether its parts fit each other. A node of another version may have sent it.</summary>
    public static bool IsSound(RuleAsk ask) =>
        Enum.IsDefined(ask.Verb) && ask.Generation >= 0 && ask.Expected >= 0
        && ask.ConfirmWithin >= 0 && ask.ConfirmWithin <= PipelineRun.LongestConfirmation.TotalMilliseconds
        && (ask.Verb != RuleVerb.Apply || (RuleTexts.IsHash(ask.Hash) && ask.Bytes is >= 0 and <= RuleTexts.MostBytes));

    /// <summary>After the largest number there is no other. What the cluster agreed on must stay sound.</summary>
    private static RuleDecision Agreed(AgreedRules next) => next.IsSound()
        ? new(RuleReplyKind.Agreed, next.Current().Number, next)
        : new(RuleReplyKind.Broken, next.Current().Number - 1);
}
