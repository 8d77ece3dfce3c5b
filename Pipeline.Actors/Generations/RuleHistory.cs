namespace Pipeline.Actors.Generations;

/// <summary>
/// The last generations, newest last. Bounded by number and by the length of their texts; the one in force and the one that would be
/// rolled back to are always there. The agent's alone to change; <see cref="All"/> for any thread.
/// </summary>
internal sealed class RuleHistory
{
    /// <summary>Generations kept at the most.</summary>
    public const int MostGenerations = 100;

    /// <summary>Characters of all texts together.</summary>
    public const long MostCharacters = 64 << 20;

    private readonly long _mostCharacters;
    private volatile IReadOnlyList<RuleGeneration> _all;

    public RuleHistory(RuleGeneration first, long mostCharacters = MostCharacters)
    {
        _mostCharacters = mostCharacters;
        _all = [first];
        Confirmed = first;
    }

    public IReadOnlyList<RuleGeneration> All => _all;

    /// <summary>The one in force.</summary>
    public RuleGeneration Current => _all[^1];

    /// <summary>The last one that nobody has to confirm any more.</summary>
    public RuleGeneration Confirmed { get; private set; }

    public RuleGeneration? Find(int number) => _all.FirstOrDefault(g => g.Number == number);

    public void Add(RuleGeneration next)
    {
        List<RuleGeneration> all = [.. _all, next];
        if (next.ConfirmBy is null) Confirmed = next;
        var characters = all.Sum(g => (long)g.Text.Length);
        while (all.Count > MostGenerations || characters > _mostCharacters)
        {
            var oldest = all.FindIndex(g => g != next && g.Number != Confirmed.Number);
            if (oldest < 0) break;
            characters -= all[oldest].Text.Length;
            all.RemoveAt(oldest);
        }

        _all = all;
    }

    /// <summary>Takes the generation in force for good.</summary>
    public void Confirm()
    {
        Confirmed = Current with { ConfirmBy = null };
        _all = [.. _all.SkipLast(1), Confirmed];
    }
}
