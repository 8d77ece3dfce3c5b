using Pipeline.Host.Checking;
using Pipeline.Host.Schema;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Reports;

/// <summary>The differences between the rules in force and a file, a line each, as <c>diff</c> shows them.</summary>
internal static class RuleEditsInWords
{
    private const string Red = "\x1b[31m";
    private const string Green = "\x1b[32m";
    private const string Yellow = "\x1b[33m";
    private const string Plain = "\x1b[0m";

    public static IEnumerable<string> Of(IReadOnlyList<RuleEdit> edits, RulesJson inForce, SourceText file, bool colours)
    {
        if (edits.Count == 0) return [inForce.Text == file.Text ? "the same rules" : "the same rules; the texts differ in comments or spaces"];
        return [$"--- generation {inForce.Generation} ({Quoted.Of(inForce.Source)})", $"+++ {file.Name}", .. edits.SelectMany(e => Lines(e, colours))];
    }

    private static IEnumerable<string> Lines(RuleEdit edit, bool colours)
    {
        if (edit.Kind == RuleEditKind.Moved) yield return Line('>', edit.After!, colours ? Yellow : "");
        if (edit.Kind is RuleEditKind.Removed or RuleEditKind.Changed) yield return Line('-', edit.Before!, colours ? Red : "");
        if (edit.Kind is RuleEditKind.Added or RuleEditKind.Changed) yield return Line('+', edit.After!, colours ? Green : "");
    }

    private static string Line(char sign, string text, string colour) => $"{colour}{sign} {Quoted.Of(text)}{(colour.Length > 0 ? Plain : "")}";
}
