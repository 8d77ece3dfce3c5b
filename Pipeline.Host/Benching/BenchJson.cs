using System.Text.Json;
using Pipeline.Host.Reports;

namespace Pipeline.Host.Benching;

/// <summary>What every benchmark prints with <c>--json</c>: the machine, and its rows.</summary>
internal static class BenchJson
{
    /// <param name="rows">In the order of the table.</param>
    /// <param name="writeFields">Writes the fields of a row.</param>
    public static string Of<TRow>(IReadOnlyList<TRow> rows, Action<Utf8JsonWriter, TRow> writeFields) => JsonText.Of(json =>
    {
        json.WriteStartObject();
        json.WriteString("machine", Machine.Line);
        json.WriteStartArray("rows");
        foreach (var row in rows)
        {
            json.WriteStartObject();
            writeFields(json, row);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });
}
