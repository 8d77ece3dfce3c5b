namespace Pipeline.Host.Schema;

/// <summary>What <c>consumers list --json</c> prints.</summary>
/// <param name="Consumers">As in the snapshot.</param>
internal sealed record ConsumersJson(DateTimeOffset SampledAt, IReadOnlyList<ConsumerJson> Consumers);

/// <summary>What <c>consumers pause|resume|restart --json</c> print.</summary>
/// <param name="Told"><c>pause</c>, <c>resume</c> or <c>restart</c>.</param>
internal sealed record ConsumerToldJson(string Name, string Told);

/// <summary>Answer of <c>POST /api/v1/consumers/{name}/scale</c>.</summary>
/// <param name="Instances">How many there are to be.</param>
/// <param name="Done">Whether no packet goes by the old number any more; else it is still being done.</param>
internal sealed record ScaleJson(string Name, int Instances, bool Done);
