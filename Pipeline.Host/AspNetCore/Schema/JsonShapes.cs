using System.Text.Json.Serialization;

namespace Pipeline.Host.Schema;

/// <summary>
/// Everything that is written or read as JSON: the report, the answers of the server, and the output of commands with <c>--json</c>. Names
/// are in camelCase, and absent values are left out. The code is generated, so that the start pays for no reflection;
/// <see cref="JsonText"/> and <see cref="Server.JsonPieces"/> write. Shapes that nothing reads here and that the server does not send are
/// <see cref="JsonSourceGenerationMode.Serialization"/> only, because the first use of the code that knows their members costs the start
/// 50 ms.
/// </summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SnapshotJson))]
[JsonSerializable(typeof(TopologyJson))]
[JsonSerializable(typeof(ActorsJson))]
[JsonSerializable(typeof(HistoryJson))]
[JsonSerializable(typeof(RulesJson))]
[JsonSerializable(typeof(RuleCheckJson))]
[JsonSerializable(typeof(RuleChangeJson))]
[JsonSerializable(typeof(RuleHistoryJson))]
[JsonSerializable(typeof(ScaleJson))]
[JsonSerializable(typeof(ConsumerReportJson))]
[JsonSerializable(typeof(ProblemJson))]
[JsonSerializable(typeof(PipelineJson))]
[JsonSerializable(typeof(PipelinesJson), GenerationMode = Writes)]
[JsonSerializable(typeof(EventsJson))]
[JsonSerializable(typeof(LogLineJson), GenerationMode = Writes)]
[JsonSerializable(typeof(CapturesJson))]
[JsonSerializable(typeof(ReleasedJson))]
[JsonSerializable(typeof(HealthJson))]
[JsonSerializable(typeof(DemoJson))]
[JsonSerializable(typeof(TrialJson))]
[JsonSerializable(typeof(PathsJson))]
[JsonSerializable(typeof(ExplainedJson))]
[JsonSerializable(typeof(DemoActedJson))]
[JsonSerializable(typeof(ByeJson))]
[JsonSerializable(typeof(ReportJson), GenerationMode = Writes)]
[JsonSerializable(typeof(StatsJson), GenerationMode = Writes)]
[JsonSerializable(typeof(TapJson), GenerationMode = Writes)]
[JsonSerializable(typeof(ConsumersJson), GenerationMode = Writes)]
[JsonSerializable(typeof(ConsumerToldJson))]
[JsonSerializable(typeof(ClusterJson))]
[JsonSerializable(typeof(ClusterAskedJson))]
[JsonSerializable(typeof(RuleEditsJson), GenerationMode = Writes)]
[JsonSerializable(typeof(CheckJson), GenerationMode = Writes)]
[JsonSerializable(typeof(DevicesJson), GenerationMode = Writes)]
[JsonSerializable(typeof(DoctorJson), GenerationMode = Writes)]
[JsonSerializable(typeof(VersionJson), GenerationMode = Writes)]
[JsonSerializable(typeof(BenchJson<ClassifyRowJson>), GenerationMode = Writes, TypeInfoPropertyName = "ClassifyJson")]
[JsonSerializable(typeof(BenchJson<HandoffRowJson>), GenerationMode = Writes, TypeInfoPropertyName = "HandoffBenchJson")]
[JsonSerializable(typeof(BenchJson<LiveRowJson>), GenerationMode = Writes, TypeInfoPropertyName = "LiveBenchJson")]
internal sealed partial class JsonShapes : JsonSerializerContext
{
    private const JsonSourceGenerationMode Writes = JsonSourceGenerationMode.Serialization;
}
