using System.Text.Json.Serialization;
using Pipeline.Actors.Generations;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;

namespace Pipeline.Host.Schema;

/// <summary>
/// The findings of a check, for scripts and editors, and the changes that new rules would make. Schema <c>pipeline.check/1</c>.
/// </summary>
/// <param name="Checked">What was looked at; null when rules were compared.</param>
/// <param name="Rules">The rules that differ; null when nothing was compared.</param>
/// <param name="Capture">The packets that differ; null without a capture.</param>
internal sealed record CheckJson(
    string Schema, int Errors, int Warnings, IReadOnlyList<DiagnosticJson> Diagnostics, IReadOnlyList<CheckedJson>? Checked, RuleDeltaJson? Rules, CaptureDiffJson? Capture)
{
    public static CheckJson Of(IReadOnlyList<Diagnostic> found, RuleSetDelta? delta = null, CaptureDiffJson? capture = null, IReadOnlyList<CheckedJson>? looked = null)
    {
        var errors = found.Count(d => d.Severity == Severity.Error);
        return new("pipeline.check/1", errors, found.Count - errors, DiagnosticJson.OfFiles(found), looked, delta is null ? null : RuleDeltaJson.Of(delta), capture);
    }
}

/// <summary>The changes that new rules would make for the packets of a capture.</summary>
/// <param name="Error">The error that ended the capture. Every packet before it was judged.</param>
/// <param name="Compared">All packets that were compared.</param>
/// <param name="Rerouted">Those that would go another way.</param>
/// <param name="Remarked">Those that would go the same way but carry another mark.</param>
/// <param name="BeyondShifts">
/// Packets that are in none of <paramref name="Shifts"/> because there were too many; <paramref name="BeyondFlows"/> is similar.
/// </param>
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

/// <summary>What one set of rules decides about a packet.</summary>
/// <param name="Rule">The last rule that matched; a JSON null for none.</param>
/// <param name="KeptOut">True when a guard matched, so that no rule was tried; otherwise absent.</param>
internal sealed record VerdictJson([property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Rule, bool? KeptOut, string Mark, string Route)
{
    public static VerdictJson Of(RuleVerdict verdict) =>
        new(verdict.Rule, verdict.IsKeptOut ? true : null, MarkNumber.Text(verdict.Mark), verdict.Route);
}
