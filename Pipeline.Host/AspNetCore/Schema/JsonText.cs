using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Pipeline.Host.Schema;

/// <summary>
/// JSON on one line, for what is short or goes to a file or a terminal. The order of the fields is that of the record. Answers of the
/// server are written by <see cref="Server.JsonPieces"/>.
/// </summary>
internal static class JsonText
{
    // File names, quotes and libpcap's words stay readable. The text goes to a terminal or a script. If it goes to a browser, `nosniff`
    // keeps the browser from treating it as a page.
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    // A writer of its own, because the generated code is used only with the serializer's default encoder.
    public static string Of<T>(T value, JsonTypeInfo<T> type)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options)) JsonSerializer.Serialize(json, value, type);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
