using System.Collections.Immutable;

namespace Pipeline.Actors.Generations;

/// <summary>
/// The last generations, newest last. Their number and the length of their texts are limited. The one in force and the one that a rollback
/// would return to are always kept. Immutable.
/// </summary>
internal sealed record RuleHistory
{
    /// <summary>The most generations kept.</summary>
    public const int MostGenerations = 100;

    /// <summary>The most characters of all texts together.</summary>
    public const long MostCharacters = 64 << 20;

    private readonly long _mostCharacters;

    public RuleHistory(RuleGeneration first, long mostCharacters = MostCharacters)
    {
        _mostCharacters = mostCharacters;
        All = [first];
        Confirmed = first;
    }

    public ImmutableList<RuleGeneration> All { get; private init; }

    /// <summary>The one in force.</summary>
    public RuleGeneration Current => All[^1];

    /// <summary>The last generation that no longer needs a confirmation.</summary>
    public RuleGeneration Confirmed { get; private init; }

    public RuleGeneration? Find(int number) => All.Find(g => g.Number == number);

    /// <summary>The history with one more generation, which is in force.</summary>
    /// <remarks>
    /// What a node ran before it took over a cluster's rules has numbers that mean something else there, and is forgotten.
    /// </remarks>
    public RuleHistory Add(RuleGeneration next)
    {
        var confirmed = next.ConfirmBy is null ? next : Confirmed;
        var all = Beside(next).Add(next);
        var characters = all.Sum(g => (long)g.Text.Length);
        while (all.Count > MostGenerations || characters > _mostCharacters)
        {
            var oldest = all.FindIndex(g => g != next && g.Number != confirmed.Number);
            if (oldest < 0) break;
            characters -= all[oldest].Text.Length;
            all = all.RemoveAt(oldest);
        }

        return this with { All = all, Confirmed = confirmed };
    }

    /// <summary>The history after something else became known of the generation in force than its rules and its number.</summary>
    public RuleHistory Replace(RuleGeneration current) => this with
    {
        All = (this with { All = All.RemoveAt(All.Count - 1) }).Beside(current).Add(current),
        Confirmed = current.ConfirmBy is null || Confirmed.Number == current.Number ? current : Confirmed,
    };

    /// <summary>The entries that mean something beside one. Until what the cluster agreed on is confirmed, its own may come back.</summary>
    private ImmutableList<RuleGeneration> Beside(RuleGeneration next) =>
        next is { IsAgreed: true, ConfirmBy: null } ? All.RemoveAll(g => !g.IsAgreed) : All;

    /// <summary>The history after the generation in force was confirmed.</summary>
    public RuleHistory Confirm()
    {
        var confirmed = Current with { ConfirmBy = null };
        return this with { All = All.SetItem(All.Count - 1, confirmed), Confirmed = confirmed };
    }
}
