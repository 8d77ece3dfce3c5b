namespace Pipeline.Actors;

/// <summary>How far a generation of rules has come in the cluster when its request was answered.</summary>
/// <param name="InForce">How many members run it, or a later one.</param>
/// <param name="Members">All members.</param>
/// <param name="Behind">The others, each by its name and why, on one line.</param>
public sealed record ClusterSpread(int InForce, int Members, IReadOnlyList<string> Behind);
