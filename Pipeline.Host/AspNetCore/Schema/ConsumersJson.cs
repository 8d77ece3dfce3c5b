namespace Pipeline.Host.Schema;

/// <summary>The output of <c>consumers list --json</c>.</summary>
/// <param name="Consumers">As in the snapshot.</param>
internal sealed record ConsumersJson(DateTimeOffset SampledAt, IReadOnlyList<ConsumerJson> Consumers);

/// <summary>The output of <c>consumers pause|resume|close-breaker|restart --json</c>, and the answer of <c>POST /api/v1/consumers/{name}/restart</c>.</summary>
/// <param name="Told"><c>pause</c>, <c>resume</c>, <c>close-breaker</c> or <c>restart</c>.</param>
/// <param name="When">When a restart had happened; absent for one that has not yet, and for the others.</param>
internal sealed record ConsumerToldJson(string Name, string Told, DateTimeOffset? When);

/// <summary>Answer of <c>POST /api/v1/consumers/{name}/scale</c>.</summary>
/// <param name="Instances">The new number of instances.</param>
/// <param name="Done">Whether no packet goes by the old number any more; false while the change is in progress.</param>
internal sealed record ScaleJson(string Name, int Instances, bool Done);
