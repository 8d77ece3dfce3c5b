using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Pipeline.Host.Schema;

/// <summary>JSON on one line. The order of the fields is that of the record.</summary>
internal static class JsonText
{
    // File names, quotes and libpcap's words stay readable. The text goes to a terminal or a script. If it goes to a browser, `nosniff`
    // keeps the browser from treating it as a page.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static string Of<T>(T value, JsonTypeInfo<T> type) => Encoding.UTF8.GetString(Write(value, type).WrittenSpan);

    public static ReadOnlyMemory<byte> Bytes<T>(T value, JsonTypeInfo<T> type) => Write(value, type).WrittenMemory;

    // A writer of its own, because the generated code is used only with the serializer's default encoder.
    private static ArrayBufferWriter<byte> Write<T>(T value, JsonTypeInfo<T> type)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, Options);
        JsonSerializer.Serialize(json, value, type);
        return buffer;
    }
}
