using Pipeline.Nic.Rules;

namespace Pipeline.Actors;

/// <summary>A rule set that is or was in force: an entry of the history.</summary>
public sealed record RuleGeneration
{
    /// <summary>Counts up by one with every set put in force.</summary>
    public required int Number { get; init; }

    /// <summary>When it was put in force.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>Who put it in force, by their own account.</summary>
    public required string Who { get; init; }

    /// <summary>Where the text came from, such as a file's name. Messages about the text begin with it.</summary>
    public required string Source { get; init; }

    /// <summary>The rules as they were written.</summary>
    public required string Text { get; init; }

    /// <summary>How many rules it has.</summary>
    public required int Rules { get; init; }

    /// <summary>The earlier generation that has the same text; null unless this is a rollback.</summary>
    public int? RollbackTo { get; init; }

    /// <summary>
    /// The deadline for confirmation, after which it is rolled back; null once confirmed, and when nobody asked for a confirmation.
    /// </summary>
    public DateTimeOffset? ConfirmBy { get; init; }

    /// <summary>Whether a cluster agreed on it. Then its deadline is not this node's business.</summary>
    internal bool IsAgreed { get; init; }

    /// <summary>The request of a cluster that made it; empty for none.</summary>
    internal Guid Request { get; init; }

    /// <summary>The generation that a run begins with.</summary>
    internal static RuleGeneration First(RuleSet rules, DateTimeOffset now) => new()
    {
        Number = rules.Generation,
        At = now,
        Who = "start",
        Source = rules.Source.Name,
        Text = rules.Source.Text,
        Rules = rules.Rules.Count,
    };
}
