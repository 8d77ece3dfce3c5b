using System.Collections;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Server;

/// <summary>
/// Writes the same JSON as <see cref="JsonText"/>, a piece at a time. The serializer can stop between the elements of a list too, but not
/// within a string, and a text of rules is megabytes long.
/// </summary>
internal static class JsonPieces
{
    /// <exception cref="OperationCanceledException">As in <see cref="AnswerBody.Relieve"/>.</exception>
    public static async ValueTask Write<T>(AnswerBody to, T value, JsonTypeInfo<T> type)
    {
        using var json = new Utf8JsonWriter(to, JsonText.Options);
        await Write(to, json, value, JsonShape.Of(type));
        json.Flush();
        await to.Relieve();
    }

    /// <summary>Writes a value. A short one goes to the serializer.</summary>
    private static async ValueTask Write(AnswerBody to, Utf8JsonWriter json, object? value, JsonShape shape)
    {
        if (value is null) json.WriteNullValue();
        else if (shape.IsShort(value)) JsonSerializer.Serialize(json, value, shape.Type);
        else if (value is string text) await WriteText(to, json, text.AsMemory());
        else if (shape.Element is { } element) await WriteList(to, json, (IEnumerable)value, element);
        else await WriteMembers(to, json, value, shape);
        await Relieve(to, json);
    }

    private static async ValueTask WriteMembers(AnswerBody to, Utf8JsonWriter json, object value, JsonShape shape)
    {
        json.WriteStartObject();
        foreach (var member in shape.Members)
        {
            var of = member.Get(value);
            if (of is null && !member.WritesNull) continue;
            json.WritePropertyName(member.Name);
            await Write(to, json, of, member.Shape);
        }

        json.WriteEndObject();
    }

    private static async ValueTask WriteList(AnswerBody to, Utf8JsonWriter json, IEnumerable list, JsonShape element)
    {
        json.WriteStartArray();
        foreach (var one in list) await Write(to, json, one, element);
        json.WriteEndArray();
    }

    private static async ValueTask WriteText(AnswerBody to, Utf8JsonWriter json, ReadOnlyMemory<char> rest)
    {
        while (TextPieces.First(rest.Span) is var piece && piece < rest.Length)
        {
            json.WriteStringValueSegment(rest.Span[..piece], isFinalSegment: false);
            rest = rest[piece..];
            await Relieve(to, json);
        }

        json.WriteStringValueSegment(rest.Span, isFinalSegment: true);
    }

    private static ValueTask Relieve(AnswerBody to, Utf8JsonWriter json)
    {
        // The serializer flushes into the body itself.
        if (to.Held + json.BytesPending < AnswerBody.PieceBytes) return ValueTask.CompletedTask;
        json.Flush();
        return to.Relieve();
    }
}
