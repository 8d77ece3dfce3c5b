using System.Text.Json;
using Pipeline.Actors.Generations;
using Pipeline.Host.Checking;
using Pipeline.Nic.Rules;

namespace Pipeline.Host.Reports;

/// <summary>What new rules would change, for scripts: the fields of <see cref="DiagnosticsJson"/>, and what differs.</summary>
internal static class ComparisonJson
{
    public static string Of(Comparison comparison) => JsonText.Of(json =>
    {
        json.WriteStartObject();
        DiagnosticsJson.Write(json, comparison.Found);
        if (comparison.Delta is { } delta) Write(json, delta);
        if (comparison.Packets is { } packets) Write(json, comparison, packets);
        json.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter json, RuleSetDelta delta)
    {
        json.WriteStartObject("rules");
        WriteNames(json, "added", delta.Added);
        WriteNames(json, "removed", delta.Removed);
        WriteNames(json, "changed", delta.Changed);
        json.WriteNumber("kept", delta.Kept);
        json.WriteBoolean("reordered", delta.IsReordered);
        json.WriteBoolean("guardsChanged", delta.GuardsChanged);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Comparison comparison, RuleDiff packets)
    {
        json.WriteStartObject("capture");
        json.WriteString("name", comparison.Capture);
        if (comparison.Broken is { } broken) json.WriteString("error", broken.Message);
        json.WriteTally("compared", packets.Compared);
        json.WriteTally("rerouted", packets.Rerouted);
        json.WriteTally("remarked", packets.Remarked);
        json.WriteStartArray("shifts");
        foreach (var shift in packets.Shifts)
        {
            json.WriteStartObject();
            WriteVerdicts(json, shift.Before, shift.After);
            json.WriteNumber("flows", shift.Flows);
            json.WriteTallyFields(shift.Packets);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteTally("beyondShifts", packets.BeyondShifts);
        WriteFlows(json, packets);
        json.WriteEndObject();
    }

    private static void WriteFlows(Utf8JsonWriter json, RuleDiff packets)
    {
        json.WriteStartArray("flows");
        foreach (var flow in packets.Flows)
        {
            json.WriteStartObject();
            json.WriteString("flow", flow.Flow);
            WriteVerdicts(json, flow.Before, flow.After);
            json.WriteTallyFields(flow.Packets);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteTally("beyondFlows", packets.BeyondFlows);
    }

    private static void WriteVerdicts(Utf8JsonWriter json, RuleVerdict before, RuleVerdict after)
    {
        WriteVerdict(json, "before", before);
        WriteVerdict(json, "after", after);
    }

    private static void WriteVerdict(Utf8JsonWriter json, string name, RuleVerdict verdict)
    {
        json.WriteStartObject(name);
        json.WriteString("rule", verdict.Rule);
        if (verdict.IsKeptOut) json.WriteBoolean("keptOut", true);
        json.WriteString("mark", $"0x{verdict.Mark:x}");
        json.WriteString("route", verdict.Route);
        json.WriteEndObject();
    }

    private static void WriteNames(Utf8JsonWriter json, string name, IReadOnlyList<string> names)
    {
        json.WriteStartArray(name);
        foreach (var each in names) json.WriteStringValue(each);
        json.WriteEndArray();
    }
}
