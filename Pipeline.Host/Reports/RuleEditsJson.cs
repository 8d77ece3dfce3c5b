using Pipeline.Host.Api;
using Pipeline.Host.Checking;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Reports;

/// <summary>What differs between the rules in force and a file, for scripts.</summary>
internal static class RuleEditsJson
{
    public static string Of(IReadOnlyList<RuleEdit> edits, RulesJson inForce, SourceText file) => JsonText.Of(json =>
    {
        json.WriteStartObject();
        json.WriteString("schema", "pipeline.diff/1");
        json.WriteNumber("generation", inForce.Generation);
        json.WriteString("source", inForce.Source);
        json.WriteString("file", file.Name);
        json.WriteBoolean("sameRules", edits.Count == 0);
        json.WriteBoolean("sameText", inForce.Text == file.Text);
        json.WriteStartArray("edits");
        foreach (var edit in edits)
        {
            json.WriteStartObject();
            json.WriteString("kind", Snapshots.Word(edit.Kind));
            json.WriteString("name", edit.Name);
            if (edit.Before is not null) json.WriteString("before", edit.Before);
            if (edit.After is not null) json.WriteString("after", edit.After);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });
}
