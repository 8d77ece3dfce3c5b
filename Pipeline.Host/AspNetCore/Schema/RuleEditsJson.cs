namespace Pipeline.Host.Schema;

/// <summary>The differences between the rules in force and a file, schema <c>pipeline.diff/1</c>.</summary>
/// <param name="Generation">The generation in force.</param>
/// <param name="Source">Where its rules came from.</param>
/// <param name="File">The file with the other rules.</param>
internal sealed record RuleEditsJson(string Schema, int Generation, string Source, string File, bool SameRules, bool SameText, IReadOnlyList<RuleEditJson> Edits)
{
    public static RuleEditsJson Of(RulesJson inForce, string file, string text, IReadOnlyList<RuleEditJson> edits) =>
        new("pipeline.diff/1", inForce.Generation, inForce.Source, file, edits.Count == 0, inForce.Text == text, edits);
}

/// <param name="Kind"><c>added</c>, <c>removed</c>, <c>changed</c> or <c>moved</c>.</param>
/// <param name="Name">The name of the rule or of the lifted guard.</param>
/// <param name="Before">The old line; null for a new rule.</param>
/// <param name="After">The new line; null for a rule that is gone.</param>
internal sealed record RuleEditJson(string Kind, string Name, string? Before, string? After);
