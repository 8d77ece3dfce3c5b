using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Trials;

/// <summary>What the rules in force do to one packet.</summary>
/// <param name="Generation">The generation of the rules.</param>
/// <param name="Trace">What each rule did.</param>
/// <param name="Rules">The names of those that matched, in order.</param>
/// <param name="Route">Where it would go, as <see cref="Generations.RuleVerdict.Route"/> says it.</param>
public sealed record TracedPacket(int Generation, RuleTrace Trace, IReadOnlyList<string> Rules, string Route);
