namespace Pipeline.Actors.Cluster.Wire;

/// <summary>
/// A node asks the authority to change the rules of the cluster. It asks again until it is answered; the id tells that it is the same
/// request.
/// </summary>
internal sealed record RuleAsk : IClusterMessage
{
    /// <summary>The request's own id.</summary>
    public required Guid Id { get; init; }

    /// <summary>What is asked for.</summary>
    public required RuleVerb Verb { get; init; }

    /// <summary>The generation to go back to, or to keep; 0 for a text.</summary>
    public required int Generation { get; init; }

    /// <summary>The generation that must be in force; 0 for any.</summary>
    public required int Expected { get; init; }

    /// <summary>The hash of the text, as in <see cref="AgreedGeneration"/>; empty where none is put in force.</summary>
    public required string Hash { get; init; }

    /// <summary>How many bytes the text has in UTF-8.</summary>
    public required int Bytes { get; init; }

    /// <summary>Where the text came from.</summary>
    public required string Source { get; init; }

    /// <summary>Who wants it.</summary>
    public required string Who { get; init; }

    /// <summary>The milliseconds after which it is rolled back unless it is confirmed; 0 to keep it.</summary>
    public required long ConfirmWithin { get; init; }
}
