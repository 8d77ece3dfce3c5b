namespace Pipeline.Nic.Rules;

/// <summary>A rule that an engine leaves to software.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Reason">Why the engine does not run it, without a full stop.</param>
public sealed record RefusedRule(MarkRule Rule, string Reason);
