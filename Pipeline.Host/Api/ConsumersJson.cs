namespace Pipeline.Host.Api;

/// <summary>What <c>consumers list --json</c> prints.</summary>
/// <param name="Consumers">As in the snapshot.</param>
internal sealed record ConsumersJson(DateTimeOffset SampledAt, IReadOnlyList<ConsumerJson> Consumers);

/// <summary>What <c>consumers pause|resume|restart --json</c> print.</summary>
/// <param name="Told"><c>pause</c>, <c>resume</c> or <c>restart</c>.</param>
internal sealed record ConsumerToldJson(string Name, string Told);
