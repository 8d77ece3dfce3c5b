using System.Diagnostics;
using Pipeline.Actors.Telemetry;

namespace Pipeline.Actors.Generations;

/// <summary>The spans of requests for other rules, by the tickets of the requests. For the authority alone; it outlives its restarts.</summary>
internal sealed class ChangeSpans
{
    private readonly Dictionary<long, Activity> _open = [];

    public void Begin(long ticket, RuleProtocol.Request request)
    {
        if (PipelineSpans.Begin(PipelineSpans.Change, request.Trace) is not { } span) return;
        var (kind, who) = request switch
        {
            RuleProtocol.Apply apply => ("apply", apply.Who),
            RuleProtocol.Rollback rollback => ("rollback", rollback.Who),
            RuleProtocol.Follow follow => ("follow", follow.Generation.Who),
            RuleProtocol.Confirm confirm => ("confirm", confirm.Who),
            _ => ("other", null),
        };
        span.SetTag("request", kind).SetTag("who", who);
        _open.Add(ticket, span);
    }

    /// <summary>The span of a request, for messages about it; null for none.</summary>
    public string? Of(long ticket) => _open.GetValueOrDefault(ticket)?.Id;

    public void End(long ticket, RuleProtocol.Answer answer)
    {
        if (!_open.Remove(ticket, out var span)) return;
        span.SetTag("generation", answer.Change?.Generation);
        var isDone = answer.Change?.Outcome is RuleOutcome.Applied or RuleOutcome.Confirmed or RuleOutcome.Unchanged;
        var outcome = answer.Change?.Outcome.ToString().ToLowerInvariant() ?? "broken";
        PipelineSpans.End(span, outcome, isDone ? null : answer.Change is null ? answer.Failure : "the rules in force stay");
    }
}
