using System.Text.Json.Serialization;
using Pipeline.Actors.Telemetry;

namespace Pipeline.Host.Schema;

/// <summary>Answer of <c>/health/*</c>.</summary>
/// <param name="Status"><c>ok</c>, or <c>unavailable</c>.</param>
/// <param name="Reasons">Why it is unavailable.</param>
internal sealed record HealthJson(string Status, IReadOnlyList<string> Reasons)
{
    public static readonly HealthJson Ok = new("ok", []);

    [JsonIgnore]
    public bool IsOk => Reasons.Count == 0;

    public static HealthJson Of(PipelineHealth health) => health.IsReady ? Ok : new("unavailable", health.Reasons);
}

/// <summary>The last event of a stream.</summary>
/// <param name="Reason"><c>ended</c> when the pipeline has ended, <c>stopping</c> when the server is stopping.</param>
internal sealed record ByeJson(string Reason);
