using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Pipeline.Host.Schema;

/// <summary>JSON that is put together piece by piece, for documents that are no shape of their own.</summary>
[JsonSourceGenerationOptions(WriteIndented = true)]
[JsonSerializable(typeof(JsonObject))]
internal sealed partial class JsonNodes : JsonSerializerContext;
