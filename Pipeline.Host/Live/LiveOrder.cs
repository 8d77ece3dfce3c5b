namespace Pipeline.Host.Live;

/// <summary>What the rows of a table are sorted by.</summary>
internal enum LiveKey
{
    /// <summary>The order of the pipeline, in which rules and routes are tried.</summary>
    Pipeline,
    Name,
    Packets,
    Rate,
    Lost,
}

/// <summary>The order of the rows of a table. Numbers begin with the largest.</summary>
internal readonly record struct LiveOrder(LiveKey Key, bool IsReversed = false)
{
    public LiveOrder Next() => new(Key == LiveKey.Lost ? LiveKey.Pipeline : Key + 1);

    public LiveOrder Reversed() => this with { IsReversed = !IsReversed };

    public string Words => (Key == LiveKey.Pipeline ? "pipeline order" : Key.ToString().ToLowerInvariant()) + (IsReversed ? ", reversed" : "");

    public IEnumerable<LiveRow> Sort(IReadOnlyList<LiveRow> rows)
    {
        IEnumerable<LiveRow> sorted = Key switch
        {
            LiveKey.Name => rows.OrderBy(r => r.Name, StringComparer.Ordinal),
            LiveKey.Packets => rows.OrderByDescending(r => r.Packets),
            LiveKey.Rate => rows.OrderByDescending(r => r.Rate),
            LiveKey.Lost => rows.OrderByDescending(r => r.Lost),
            _ => rows,
        };
        return IsReversed ? sorted.Reverse() : sorted;
    }
}
