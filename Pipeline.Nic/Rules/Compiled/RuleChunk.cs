namespace Pipeline.Nic.Rules.Compiled;

/// <summary>A compiled run of rules, tried in order on one packet.</summary>
/// <param name="state">The packet's.</param>
/// <param name="bytes">The packet's first byte; may be null when there is none.</param>
/// <param name="captured">How many bytes are there.</param>
/// <param name="wireLength">How many there were on the wire.</param>
/// <param name="counts">The first of <see cref="RuleCounters"/>' counts.</param>
/// <returns>
/// The 1-based place of the rule without <c>continue</c> that matched, which the caller has to record; 0 when later rules are to be
/// tried. Rules with <c>continue</c> record themselves. A method that calls nothing is faster, and most rules are of the first kind.
/// </returns>
internal unsafe delegate int RuleChunk(ref MarkState state, byte* bytes, long captured, uint wireLength, ref long counts);
