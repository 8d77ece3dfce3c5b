using System.Collections.Immutable;

namespace Pipeline.Actors.Generations;

/// <summary>Works on requests one after the other.</summary>
internal sealed partial record RuleAuthorityState
{
    /// <summary>Takes requests in turn until one of them takes time.</summary>
    private RuleStep Next(DateTimeOffset now, params ImmutableList<RuleEffect> effects)
    {
        var state = this;
        while (state.AtWork is null && !state.Waiting.IsEmpty)
        {
            var rest = state.Waiting.Dequeue(out var work);
            var step = (state with { Waiting = rest }).Begin(work);
            state = step.State;
            effects = effects.AddRange(step.Effects);
        }

        return new RuleStep(state, effects);
    }

    private RuleStep Begin(RuleWork work) => work.Request switch
    {
        RuleProtocol.Apply apply => BeginApply(work, apply),
        RuleProtocol.Rollback rollback => BeginRollback(work, rollback),
        RuleProtocol.Confirm confirm => BeginConfirm(work, confirm.Generation),
        RuleProtocol.Follow follow => BeginFollow(work, follow),
        _ => RuleStep.None(this),
    };

    private RuleStep BeginApply(RuleWork work, RuleProtocol.Apply apply)
    {
        if (IsOther(apply.ExpectedGeneration)) return Refuse(work, RuleOutcome.Conflict);
        if (apply.Text != History.Current.Text) return Build(work, apply.Source, apply.Text);

        // A repeated request without a condition confirms the generation in force.
        var isForGood = apply.ConfirmWithin is null && History.Current.ConfirmBy is not null;
        return isForGood ? Confirmed(work, RuleOutcome.Unchanged) : Refuse(work, RuleOutcome.Unchanged);
    }

    private RuleStep BeginRollback(RuleWork work, RuleProtocol.Rollback rollback)
    {
        if (IsLate(rollback.Unconfirmed) || IsOther(rollback.ExpectedGeneration)) return Refuse(work, RuleOutcome.Conflict);
        if (History.Find(rollback.Generation) is not { } earlier) return Refuse(work, RuleOutcome.Unknown);
        return Build(work, earlier.Source, earlier.Text);
    }

    private RuleStep BeginConfirm(RuleWork work, int generation) =>
        History.Current is { ConfirmBy: not null } current && current.Number == generation
            ? Confirmed(work, RuleOutcome.Confirmed)
            : Refuse(work, RuleOutcome.Conflict);

    /// <summary>A number is never given to two texts, and numbers only rise: routers and books go by that.</summary>
    private RuleStep BeginFollow(RuleWork work, RuleProtocol.Follow follow)
    {
        var (agreed, current) = (follow.Generation, History.Current);
        if (IsLate(follow.Unconfirmed)) return Refuse(work, RuleOutcome.Conflict);
        if (agreed.Number > current.Number) return Build(work, agreed.Source, agreed.Text, agreed.Number);
        if (agreed.Number < current.Number || agreed.Text != current.Text) return Refuse(work, RuleOutcome.Conflict);
        var next = this with { History = History.Replace(agreed with { Rules = current.Rules }) };
        var isConfirmed = current.ConfirmBy is not null && agreed.ConfirmBy is null;
        ImmutableList<RuleEffect> told = isConfirmed ? [new RuleEffect.Tell(ConfirmedOf(current))] : [];
        return new RuleStep(next, [next.Deadline(), .. told, next.Reply(work, RuleOutcome.Unchanged)]);
    }

    private static RuleProtocol.Changed ConfirmedOf(RuleGeneration generation, string? who = null) =>
        new(generation.Number, $"generation {generation.Number} was confirmed{(who is null ? "" : $", by {who}")}", who);

    /// <summary>Whether a generation that was to be rolled back is in force no more, or was confirmed.</summary>
    private bool IsLate(int? unconfirmed) =>
        unconfirmed is { } number && (number != History.Current.Number || History.Current.ConfirmBy is null);

    private bool IsOther(int? expected) => expected is { } number && number != History.Current.Number;

    private RuleStep Build(RuleWork work, string source, string text, int? number = null) =>
        new(this with { AtWork = work }, [new RuleEffect.Build(new RuleProtocol.Build(work.Ticket, number ?? NextNumber, source, text))]);

    private RuleStep Refuse(RuleWork work, RuleOutcome outcome) => new(this, [Reply(work, outcome)]);

    private RuleStep Confirmed(RuleWork work, RuleOutcome outcome)
    {
        var next = this with { History = History.Confirm() };
        var told = new RuleEffect.Tell(ConfirmedOf(next.History.Current, (work.Request as RuleProtocol.Apply)?.Who ?? (work.Request as RuleProtocol.Confirm)?.Who));
        return new RuleStep(next, [RuleEffect.ForgetDeadline.Instance, told, next.Reply(work, outcome)]);
    }

    /// <summary>The generation that a request makes.</summary>
    private RuleGeneration EntryOf(RuleProtocol.Request request, int rules, DateTimeOffset now)
    {
        if (request is RuleProtocol.Follow follow) return follow.Generation with { Rules = rules };
        var (apply, rollback) = (request as RuleProtocol.Apply, request as RuleProtocol.Rollback);
        var earlier = rollback is null ? null : History.Find(rollback.Generation);
        return new RuleGeneration
        {
            Number = NextNumber,
            At = now,
            Who = apply?.Who ?? rollback?.Who ?? "",
            Source = apply?.Source ?? earlier!.Source,
            Text = apply?.Text ?? earlier!.Text,
            Rules = rules,
            RollbackTo = rollback?.Generation,
            ConfirmBy = now + apply?.ConfirmWithin,
        };
    }

    private static RuleProtocol.Changed ChangeOf(RuleGeneration entry)
    {
        var what = entry.RollbackTo is { } earlier ? $"the rules of generation {earlier} again" : $"{entry.Rules} rules of {entry.Source}";
        var condition = entry.ConfirmBy is { } by ? $", to be confirmed by {by:HH:mm:ss}" : "";
        return new RuleProtocol.Changed(entry.Number, $"generation {entry.Number}: {what}, by {entry.Who}{condition}", entry.Who);
    }
}
