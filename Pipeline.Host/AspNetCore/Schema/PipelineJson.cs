using System.Text.Json.Serialization;

namespace Pipeline.Host.Schema;

/// <summary>One running pipeline of this host: an entry in its runtime folder, and an element of <c>pipeline ps --json</c>.</summary>
/// <param name="Name">Unique among those that run.</param>
/// <param name="Pid">The process.</param>
/// <param name="PidStarted">
/// When the process started, in clock ticks after the machine did: a process that has the number later has another start.
/// </param>
/// <param name="Url">Its server; a JSON null for none.</param>
/// <param name="Interfaces">The interfaces that its packets come from; empty for a capture or a simulation.</param>
/// <param name="Source">What its packets come from, in a word.</param>
/// <param name="Started">When the run started.</param>
/// <param name="PidNamespace">In which the process has its number; absent where it is not known.</param>
internal sealed record PipelineJson(
    string Name, int Pid, long PidStarted, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Url, IReadOnlyList<string> Interfaces, string Source,
    DateTimeOffset Started, string? PidNamespace = null);

/// <summary>The output of <c>pipeline ps --json</c>.</summary>
internal sealed record PipelinesJson(IReadOnlyList<PipelineJson> Pipelines);
