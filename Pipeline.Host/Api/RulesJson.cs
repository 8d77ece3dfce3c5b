using Pipeline.Actors;
using Pipeline.Host.Reports;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Guards;

namespace Pipeline.Host.Api;

/// <summary>Answer of <c>GET /api/v1/rules</c>.</summary>
/// <param name="ConfirmBy">Until when the generation has to be confirmed, or it is rolled back; none where it need not be.</param>
/// <param name="Rules">As in the snapshot, and so are the guards.</param>
/// <param name="KeepOut">What the guards in front of the rules go by; none where none do.</param>
internal sealed record RulesJson(
    int Generation, string Source, string Who, DateTimeOffset When, DateTimeOffset? ConfirmBy, string Text, IReadOnlyList<GuardJson> Guards, IReadOnlyList<RuleJson> Rules,
    RatedTallyJson Unmatched, TallyJson EarlierRules, KeepOutJson? KeepOut);

/// <summary>The TCP ports that guards keep packets to.</summary>
internal sealed record KeepOutJson(IReadOnlyList<int> Ssh, IReadOnlyList<int> Cluster, IReadOnlyList<int> Dashboard)
{
    public static KeepOutJson? Of(GuardPorts? ports) => ports is null ? null : new(ports.Ssh, ports.Cluster, ports.Dashboard);

    /// <summary>All guards that stand in front of rules by these ports.</summary>
    public IReadOnlyList<Nic.Rules.Guards.Guard> ToGuards() => KeepOutGuards.All(new GuardPorts { Ssh = Ports(Ssh), Cluster = Ports(Cluster), Dashboard = Ports(Dashboard) });

    private static List<int> Ports(IReadOnlyList<int> ports) => [.. ports.Where(p => p is > 0 and <= ushort.MaxValue)];
}

/// <summary>Answer of <c>POST /api/v1/rules/check</c>.</summary>
/// <param name="Ok">Whether there is no error.</param>
/// <param name="Changes">What the rules would change about those in force; none where there is an error.</param>
internal sealed record RuleCheckJson(bool Ok, int Errors, int Warnings, IReadOnlyList<DiagnosticJson> Diagnostics, RuleDeltaJson? Changes)
{
    public static RuleCheckJson Of(RuleCheck check)
    {
        var errors = check.Diagnostics.Count(d => d.Severity == Severity.Error);
        var isOk = check.Rules is not null;
        return new(isOk, errors, check.Diagnostics.Count - errors, DiagnosticJson.Of(check.Diagnostics), isOk ? RuleDeltaJson.Of(check.Delta) : null);
    }
}

/// <summary>Answer of whatever changes the rules.</summary>
/// <param name="Generation">The one in force now.</param>
/// <param name="Outcome"><c>applied</c>, <c>unchanged</c> where the same text was in force already, or <c>confirmed</c>.</param>
/// <param name="ConfirmBy">As in <see cref="RulesJson"/>.</param>
/// <param name="Diagnostics">Warnings.</param>
internal sealed record RuleChangeJson(int Generation, string Outcome, DateTimeOffset? ConfirmBy, RuleDeltaJson Changes, IReadOnlyList<DiagnosticJson> Diagnostics);

/// <summary>Names of rules.</summary>
/// <param name="Kept">How many rules are the same.</param>
internal sealed record RuleDeltaJson(
    IReadOnlyList<string> Added, IReadOnlyList<string> Removed, IReadOnlyList<string> Changed, int Kept, bool Reordered, bool GuardsChanged)
{
    public static RuleDeltaJson Of(RuleSetDelta delta) => new(delta.Added, delta.Removed, delta.Changed, delta.Kept, delta.IsReordered, delta.GuardsChanged);

    public RuleSetDelta ToDelta() => new(Added, Removed, Changed, Kept, Reordered, GuardsChanged);
}

/// <summary>Answer of <c>GET /api/v1/rules/history</c>, the newest first.</summary>
internal sealed record RuleHistoryJson(int Generation, IReadOnlyList<GenerationJson> Generations);

/// <param name="RollbackTo">The generation whose text this is again.</param>
internal sealed record GenerationJson(
    int Generation, DateTimeOffset When, string Who, string Source, int Rules, int? RollbackTo, DateTimeOffset? ConfirmBy, string Text)
{
    public static GenerationJson Of(RuleGeneration entry) =>
        new(entry.Number, entry.At, entry.Who, entry.Source, entry.Rules, entry.RollbackTo, entry.ConfirmBy, entry.Text);
}

/// <summary>One thing that is wrong or looks wrong.</summary>
/// <param name="Line">1-based.</param>
/// <param name="Column">1-based, in UTF-16 units, as JavaScript counts.</param>
/// <param name="Length">In the same units.</param>
internal sealed record DiagnosticJson(string Severity, int Line, int Column, int Length, string Message, string? Note, string? Help)
{
    public static DiagnosticJson Of(Diagnostic found)
    {
        var (line, column) = found.Source.PositionOf(found.Span.Start);
        return new(found.Severity == Nic.Diagnostics.Severity.Error ? "error" : "warning", line, column, found.Span.Length, found.Message, found.Note, found.Help);
    }

    public static IReadOnlyList<DiagnosticJson> Of(IReadOnlyList<Diagnostic> found) => [.. found.Select(Of)];

    /// <summary>The same in the text that was sent, for one who has it.</summary>
    public Diagnostic In(SourceText source)
    {
        var start = source.OffsetOf(Line, Column);
        var severity = Severity == "error" ? Nic.Diagnostics.Severity.Error : Nic.Diagnostics.Severity.Warning;
        return new(severity, source, new TextSpan(start, Math.Clamp(Length, 0, source.Text.Length - start)), PlainText.Of(Message), Plain(Note), Plain(Help));

        static string? Plain(string? words) => words is null ? null : PlainText.Of(words);
    }
}
