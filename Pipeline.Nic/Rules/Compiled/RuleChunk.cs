namespace Pipeline.Nic.Rules.Compiled;

/// <summary>A compiled run of rules, tried in order on one packet.</summary>
/// <param name="state">The packet's; matches are written into it.</param>
/// <param name="bytes">The packet's first byte; may be null when there is none.</param>
/// <param name="captured">How many bytes are there.</param>
/// <param name="wireLength">How many there were on the wire.</param>
/// <param name="counts">The first of <see cref="RuleCounters"/>' counts.</param>
/// <returns>True when a rule without <c>continue</c> matched: no later rule is tried.</returns>
internal unsafe delegate bool RuleChunk(ref MarkState state, byte* bytes, long captured, uint wireLength, ref long counts);
