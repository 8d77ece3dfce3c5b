using System.Text.Json.Serialization;
using Pipeline.Actors.Generations;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;

namespace Pipeline.Host.Schema;

/// <summary>What a check found, for scripts and editors, schema <c>pipeline.check/1</c>; and what new rules would change.</summary>
/// <param name="Rules">Which rules differ; null where nothing was compared.</param>
/// <param name="Capture">Which packets differ; null without a capture.</param>
internal sealed record CheckJson(
    string Schema, int Errors, int Warnings, IReadOnlyList<DiagnosticJson> Diagnostics, RuleDeltaJson? Rules, CaptureDiffJson? Capture)
{
    public static CheckJson Of(IReadOnlyList<Diagnostic> found, RuleSetDelta? delta = null, CaptureDiffJson? capture = null)
    {
        var errors = found.Count(d => d.Severity == Severity.Error);
        return new("pipeline.check/1", errors, found.Count - errors, DiagnosticJson.OfFiles(found), delta is null ? null : RuleDeltaJson.Of(delta), capture);
    }
}

/// <summary>What new rules would do to the packets of a capture.</summary>
/// <param name="Error">Where the capture broke off; every packet before it was judged.</param>
/// <param name="Compared">All that were looked at.</param>
/// <param name="Rerouted">Those that would go another way.</param>
/// <param name="Remarked">Those that would go the same way with another mark.</param>
/// <param name="BeyondShifts">Of those, what is in none of <paramref name="Shifts"/> because there were too many; so is <paramref name="BeyondFlows"/>.</param>
internal sealed record CaptureDiffJson(
    string Name, string? Error, TallyJson Compared, TallyJson Rerouted, TallyJson Remarked,
    IReadOnlyList<ShiftJson> Shifts, TallyJson BeyondShifts, IReadOnlyList<FlowShiftJson> Flows, TallyJson BeyondFlows)
{
    public static CaptureDiffJson Of(string name, string? error, RuleDiff packets) => new(
        name,
        error,
        TallyJson.Of(packets.Compared),
        TallyJson.Of(packets.Rerouted),
        TallyJson.Of(packets.Remarked),
        [.. packets.Shifts.Select(s => new ShiftJson(VerdictJson.Of(s.Before), VerdictJson.Of(s.After), s.Flows, s.Packets.Packets, s.Packets.Bytes))],
        TallyJson.Of(packets.BeyondShifts),
        [.. packets.Flows.Select(f => new FlowShiftJson(f.Flow, VerdictJson.Of(f.Before), VerdictJson.Of(f.After), f.Packets.Packets, f.Packets.Bytes))],
        TallyJson.Of(packets.BeyondFlows));
}

/// <summary>One kind of change.</summary>
/// <param name="Flows">How many flows the packets belong to.</param>
internal sealed record ShiftJson(VerdictJson Before, VerdictJson After, int Flows, long Packets, long Bytes);

internal sealed record FlowShiftJson(string Flow, VerdictJson Before, VerdictJson After, long Packets, long Bytes);

/// <summary>What one set of rules makes of a packet.</summary>
/// <param name="Rule">The last one that matched; a JSON null where none did.</param>
/// <param name="KeptOut">True where a guard matched, so that no rule was tried; else it is not written.</param>
internal sealed record VerdictJson([property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Rule, bool? KeptOut, string Mark, string Route)
{
    public static VerdictJson Of(RuleVerdict verdict) =>
        new(verdict.Rule, verdict.IsKeptOut ? true : null, MarkNumber.Text(verdict.Mark), verdict.Route);
}
