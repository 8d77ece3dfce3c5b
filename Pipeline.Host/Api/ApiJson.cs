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
internal sealed partial class ApiJson : JsonSerializerContext;
