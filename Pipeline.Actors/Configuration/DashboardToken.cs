using Pipeline.Actors.Configuration.Values;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration;

/// <summary>A token with a name: who shows it is the <em>who</em> of what they change.</summary>
public sealed record DashboardToken
{
    /// <summary>The most characters of a token.</summary>
    public const int Most = 4096;

    /// <summary>The name, in the form of <see cref="Names"/>, which no other token has.</summary>
    public required string Name { get; init; }

    /// <summary>What it permits, one or more.</summary>
    public required IReadOnlyList<DashboardRight> Rights { get; init; }

    /// <summary>The token itself: 1 to 4096 ASCII letters, digits and signs. No other token has it.</summary>
    public required string Value { get; init; }

    /// <summary>Its name, and never the token.</summary>
    public override string ToString() => Name;

    /// <summary>The problems of this token; empty when there are none.</summary>
    /// <param name="earlier">Those before it, which it must differ from.</param>
    internal IEnumerable<OptionProblem> Check(IEnumerable<DashboardToken> earlier)
    {
        if (!Names.IsName(Name)) yield return new("name", $"{Quoted.Short(Name)} is not {Names.Reading.Expected}");
        if (Rights.Count == 0) yield return new("rights", $"the token permits nothing; expected one or more of {RightWords}");
        if (Value.Length is 0 or > Most || !Value.All(c => c is > ' ' and <= '~'))
            yield return new("token", $"the token has {Value.Length} characters; expected 1 to {Most} ASCII letters, digits and signs, on one line");
        foreach (var other in earlier)
        {
            if (other.Name == Name) yield return new("name", $"two tokens are called {Quoted.Short(Name)}; expected another name");
            else if (other.Value == Value) yield return new("token", $"it is the same token as that of {Quoted.Short(other.Name)}; expected another");
        }
    }

    internal static Reading<DashboardRight> RightReading { get; } =
        Words.Of([.. Enum.GetValues<DashboardRight>().Select(r => (r.ToString().ToLowerInvariant(), r))]);

    private static string RightWords => string.Join(", ", Enum.GetValues<DashboardRight>().Select(r => r.ToString().ToLowerInvariant()));
}

/// <summary>What a token permits.</summary>
public enum DashboardRight
{
    /// <summary>To see figures, rules and events.</summary>
    Read,

    /// <summary>To get packets with their contents, which reading figures does not include.</summary>
    Capture,

    /// <summary>To change rules, consumers and the cluster. Includes the other rights.</summary>
    Change,
}
