using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pipeline.Host.Api;

/// <summary>Everything that goes out as JSON, with its code generated, so that the first request pays for no reflection.</summary>
[JsonSerializable(typeof(SnapshotJson))]
[JsonSerializable(typeof(RulesJson))]
[JsonSerializable(typeof(RuleCheckJson))]
[JsonSerializable(typeof(RuleChangeJson))]
[JsonSerializable(typeof(RuleHistoryJson))]
[JsonSerializable(typeof(GenerationJson))]
[JsonSerializable(typeof(ScaleJson))]
[JsonSerializable(typeof(ConsumersJson))]
[JsonSerializable(typeof(ConsumerToldJson))]
[JsonSerializable(typeof(EventsJson))]
[JsonSerializable(typeof(StatsJson))]
[JsonSerializable(typeof(HealthJson))]
[JsonSerializable(typeof(ByeJson))]
[JsonSerializable(typeof(Problem))]
internal sealed partial class ApiJson : JsonSerializerContext
{
    /// <summary>In camelCase, without what is not there. Quotes in a message stay readable: with <c>nosniff</c> nobody takes it for a page.</summary>
    public static readonly ApiJson Readable = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
