using Pipeline.Actors;
using Pipeline.Actors.Trials;

namespace Pipeline.Host.Schema;

/// <summary>
/// How rules on trial have judged packets beside those in force: the answer to a dry run, and the rules in shadow. Schema
/// <c>pipeline.trial/1</c>.
/// </summary>
/// <param name="State"><c>none</c> where no rules are in shadow, else <c>shadow</c> or <c>done</c>.</param>
/// <param name="Trial">What was found; absent with <c>none</c>.</param>
/// <param name="Diagnostics">Warnings about the text; absent where nobody has sent one.</param>
internal sealed record TrialJson(string Schema, string State, TrialFindingsJson? Trial, IReadOnlyList<DiagnosticJson>? Diagnostics)
{
    public static TrialJson None { get; } = new(Name, "none", null, null);

    private const string Name = "pipeline.trial/1";

    public static TrialJson Shadow(TrialView view, RuleCheck? check = null) => new(Name, "shadow", TrialFindingsJson.Of(view), Found(check));

    public static TrialJson Done(TrialView view, RuleCheck check) => new(Name, "done", TrialFindingsJson.Of(view), Found(check));

    private static IReadOnlyList<DiagnosticJson>? Found(RuleCheck? check) => check is null ? null : DiagnosticJson.Of(check.Diagnostics);
}

/// <param name="Against">The generation in force; absent before the first packet.</param>
/// <param name="Compared">All packets that both have judged.</param>
/// <param name="Rerouted">Those that would go another way.</param>
/// <param name="Remarked">Those that would go the same way but carry another mark.</param>
/// <param name="Unjudged">Packets that came before the rules were compiled for their link type.</param>
/// <param name="BehindDevice">Whether a device leaves packets to the kernel, which nobody compared.</param>
/// <param name="Beyond">Packets that are in none of <paramref name="Shifts"/> because there were too many.</param>
/// <param name="Failure">Why not all packets are judged any more; absent while they are.</param>
internal sealed record TrialFindingsJson(
    string Source, string Who, DateTimeOffset Since, int Rules, int? Against, TallyJson Compared, TallyJson Rerouted, TallyJson Remarked, long Unjudged,
    bool BehindDevice, IReadOnlyList<TrialShiftJson> Shifts, TallyJson Beyond, string? Failure)
{
    public static TrialFindingsJson Of(TrialView view) => new(
        view.Source, view.Who, view.Since, view.Rules, view.Against, TallyJson.Of(view.Compared), TallyJson.Of(view.Rerouted), TallyJson.Of(view.Remarked),
        view.Unjudged, view.IsBehindDevice, [.. view.Shifts.Select(TrialShiftJson.Of)], TallyJson.Of(view.Beyond), view.Failure);
}

/// <summary>One kind of change.</summary>
/// <param name="Example">The flow of one of the packets.</param>
internal sealed record TrialShiftJson(VerdictJson Before, VerdictJson After, long Packets, long Bytes, string Example)
{
    public static TrialShiftJson Of(TrialShift shift) =>
        new(VerdictJson.Of(shift.Before), VerdictJson.Of(shift.After), shift.Packets.Packets, shift.Packets.Bytes, shift.Example);
}
