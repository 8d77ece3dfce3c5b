namespace Pipeline.Actors.Cluster.Rules;

/// <summary>
/// The rules of this node's own pipeline, as its part in the cluster sees them. The pipeline outlives that part, and knows nothing of it
/// but this. Any thread.
/// </summary>
internal interface IClusterRules
{
    /// <summary>The generations that were in force here, the oldest first and the one in force last; never empty.</summary>
    IReadOnlyList<RuleGeneration> History { get; }

    /// <summary>Checks a text as if it were to be put in force here. It takes seconds for a huge set.</summary>
    /// <param name="text">A rule file's text.</param>
    /// <param name="source">The name of the text in messages.</param>
    Task<RuleCheck> Check(string text, string source);

    /// <summary>Puts a generation in force that the cluster agreed on, under its own number.</summary>
    /// <returns>
    /// The outcome; <see cref="RuleOutcome.Conflict"/> where this node runs a higher number, or has given this one to another text.
    /// </returns>
    Task<RuleChange> Follow(RuleGeneration generation);

    /// <summary>
    /// Rolls the generation in force back, because it was not confirmed and nobody else is there to do it. Without effect when another
    /// generation is in force, or this one was confirmed.
    /// </summary>
    /// <param name="generation">The one in force.</param>
    /// <param name="to">What is to be in force then, with its number; null for the last that needed no confirmation here.</param>
    Task<RuleChange> RollBackUnconfirmed(int generation, RuleGeneration? to);
}
