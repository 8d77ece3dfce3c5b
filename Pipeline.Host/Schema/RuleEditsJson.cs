namespace Pipeline.Host.Schema;

/// <summary>What differs between the rules in force and a file, schema <c>pipeline.diff/1</c>.</summary>
/// <param name="Generation">The one in force.</param>
/// <param name="Source">What its rules were read from.</param>
/// <param name="File">The other rules.</param>
internal sealed record RuleEditsJson(string Schema, int Generation, string Source, string File, bool SameRules, bool SameText, IReadOnlyList<RuleEditJson> Edits)
{
    public static RuleEditsJson Of(RulesJson inForce, string file, string text, IReadOnlyList<RuleEditJson> edits) =>
        new("pipeline.diff/1", inForce.Generation, inForce.Source, file, edits.Count == 0, inForce.Text == text, edits);
}

/// <param name="Kind"><c>added</c>, <c>removed</c>, <c>changed</c> or <c>moved</c>.</param>
/// <param name="Name">The rule's, or the lifted guard's.</param>
/// <param name="Before">The line as it was written; null where it is new.</param>
/// <param name="After">The line as it is written; null where it is gone.</param>
internal sealed record RuleEditJson(string Kind, string Name, string? Before, string? After);
