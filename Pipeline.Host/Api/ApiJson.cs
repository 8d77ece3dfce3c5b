using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pipeline.Host.Api;

/// <summary>Everything that goes out as JSON, with its code generated, so that the first request pays for no reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SnapshotJson))]
[JsonSerializable(typeof(RulesJson))]
[JsonSerializable(typeof(RuleCheckJson))]
[JsonSerializable(typeof(RuleChangeJson))]
[JsonSerializable(typeof(RuleHistoryJson))]
[JsonSerializable(typeof(HealthJson))]
[JsonSerializable(typeof(ByeJson))]
[JsonSerializable(typeof(Problem))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>What a file name or a message holds stays readable; it is JSON that nobody takes for a page (<c>nosniff</c>).</summary>
    public static readonly ApiJson Readable = new(new JsonSerializerOptions(Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
