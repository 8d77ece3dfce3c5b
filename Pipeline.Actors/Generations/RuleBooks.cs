using System.Buffers;
using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Generations;

/// <summary>
/// Counts what rules have matched and guards have kept out, over all generations. What is said of rules here applies to guards too. A rule
/// that a new generation keeps (same name, same meaning) keeps its count. A rule that is gone keeps its count as well, which adds to
/// <see cref="RuleCounts.Earlier"/>. It continues from that count if it comes back.
/// </summary>
/// <remarks>
/// Immutable, except for the counters that routers and the device write to. A new generation makes new books, so that a reader never sees a
/// sum go down. Counters are added to the closed counts only once their router, or the device, is known to use newer ones.
/// </remarks>
internal sealed class RuleBooks
{
    /// <summary>The most rules that are gone and still remembered one by one. Any beyond these share one sum.</summary>
    private const int MostRemembered = 1 << 16;

    private const int Unmatched = 0;

    private readonly MarkTable _table;
    private readonly AccountKey[] _keys;
    private readonly PacketTally[] _closed;
    private readonly IReadOnlyList<OpenPage> _open;

    /// <param name="keys">
    /// The rule or guard that each account is of. Those in force come first, in the order of <see cref="RuleCounters"/>: rules at their
    /// 1-based place, and guards behind them.
    /// </param>
    /// <param name="closed">The final count of each account.</param>
    private RuleBooks(MarkTable table, AccountKey[] keys, PacketTally[] closed, IReadOnlyList<OpenPage> open)
    {
        _table = table;
        _keys = keys;
        _closed = closed;
        _open = open;
    }

    /// <summary>Opens the books of the first generation.</summary>
    /// <param name="routers">The counters of each router, in the order of the routers.</param>
    public static RuleBooks Open(MarkTable table, IReadOnlyList<ActiveRules> routers)
    {
        AccountKey[] keys = [.. AccountKey.Of(table), AccountKey.None];
        return new RuleBooks(table, keys, new PacketTally[keys.Length], [OpenPage.Of(table, routers)]);
    }

    /// <summary>The books with another generation in force.</summary>
    /// <param name="next">The new rules.</param>
    /// <param name="routers">The new counters of each router, in the order of the routers.</param>
    /// <param name="isClosed">Whether a router, given by its place, will no longer write to these earlier counters of its own.</param>
    public RuleBooks Turn(MarkTable next, IReadOnlyList<ActiveRules> routers, Func<int, ActiveRules, bool> isClosed)
    {
        var closed = (PacketTally[])_closed.Clone();
        var open = _open.Select(page => page.Close(isClosed, closed)).Where(page => page.IsOpen).ToList();
        var sums = new PacketTally[closed.Length];
        Sum(closed, open, sums);
        var (keys, moved) = Move(next, sums);
        var carried = new PacketTally[keys.Count];
        for (var account = 0; account < closed.Length; account++) carried[moved[account]] += closed[account];
        return new RuleBooks(next, [.. keys], carried, [.. open.Select(page => page.Move(moved)), OpenPage.Of(next, routers)]);
    }

    /// <summary>Whether routers or the device may still write to counters of an earlier generation, or might have until a moment ago.</summary>
    public bool HasEarlier => _open.Count > 1;

    /// <summary>The books without the earlier counters that are final by now, and so without the rules that they belong to.</summary>
    /// <param name="isClosed">As for <see cref="Turn"/>.</param>
    public RuleBooks Settle(Func<int, ActiveRules, bool> isClosed)
    {
        // A router without packets may go by its rules for hours, and is asked about every second.
        if (!_open.Any(page => page.IsClosable(isClosed))) return this;
        var closed = (PacketTally[])_closed.Clone();
        var open = _open.Select(page => page.Close(isClosed, closed)).Where(page => page.IsOpen).ToList();
        return new RuleBooks(_table, _keys, closed, open);
    }

    /// <summary>Reads all counts as they are now. Any thread.</summary>
    /// <param name="loaded">
    /// Rules that the device has and that never came in force. What it passed by them is reported under no rule's name. Null for none, and
    /// while the pipeline runs, because these rules are about to come in force with their counts.
    /// </param>
    public RuleCounts Read(MarkTable? loaded = null)
    {
        // Megabytes for tens of thousands of rules, and read often.
        var rented = ArrayPool<PacketTally>.Shared.Rent(_closed.Length);
        try
        {
            var sums = rented.AsSpan(0, _closed.Length);
            Sum(_closed, _open, sums);
            if (loaded is not null && loaded.Generation > _table.Generation) AddNeverInForce(loaded, sums);
            return CountsOf(sums);
        }
        finally
        {
            ArrayPool<PacketTally>.Shared.Return(rented);
        }
    }

    private RuleCounts CountsOf(ReadOnlySpan<PacketTally> sums)
    {
        var rules = _table.Rules.Rules;
        var (guards, behind) = (new List<GuardView>(_table.Guards.Count), 1 + rules.Count);
        foreach (var guard in _table.Guards) guards.Add(new GuardView(guard.Name, sums[behind++]));
        var earlier = default(PacketTally);
        foreach (var sum in sums[behind..]) earlier += sum;
        return new RuleCounts(_table.Rules.Generation, new RuleViews(rules, TallyColumn.Of(sums[1..(1 + rules.Count)])), guards, sums[Unmatched], earlier);
    }

    private static void AddNeverInForce(MarkTable loaded, Span<PacketTally> sums)
    {
        if (loaded.PassedByDevice is not { } device) return;
        Span<PacketTally> counts = new PacketTally[device.Places];
        device.ReadCounts(counts);
        sums[Unmatched] += counts[Unmatched];
        foreach (var count in counts[1..]) sums[^1] += count;
    }

    private static void Sum(PacketTally[] closed, IReadOnlyList<OpenPage> open, Span<PacketTally> sums)
    {
        closed.CopyTo(sums);
        foreach (var page in open) page.AddTo(sums);
    }

    /// <summary>Finds each account's place in the books of the next generation.</summary>
    private (List<AccountKey> Keys, int[] Moved) Move(MarkTable next, PacketTally[] sums)
    {
        var keys = AccountKey.Of(next);
        var forgotten = keys.Count;
        keys.Add(AccountKey.None);
        var places = new Dictionary<AccountKey, int>(forgotten);
        for (var i = 1; i < forgotten; i++) places[keys[i]] = i;

        var moved = new int[_keys.Length];
        for (var account = 1; account < moved.Length; account++)
        {
            var key = _keys[account];
            if (key != AccountKey.None && places.TryGetValue(key, out var place)) moved[account] = place;
            else if (key == AccountKey.None || !IsWorthKeeping(account, sums) || keys.Count > forgotten + MostRemembered) moved[account] = forgotten;
            else
            {
                moved[account] = keys.Count;
                keys.Add(key);
            }
        }

        return (keys, moved);
    }

    /// <summary>A rule that leaves now may still be counting. One that left before and has no count need not be kept.</summary>
    private bool IsWorthKeeping(int account, PacketTally[] sums) =>
        account <= _table.Rules.Rules.Count + _table.Guards.Count || sums[account].Packets > 0;

    /// <summary>Counters that routers and the device may still write to, and the account of each of their rules.</summary>
    private sealed record OpenPage(ActiveRules?[] Routers, IPassedCounts? Device, int[] Accounts)
    {
        public bool IsOpen => Device is not null || Routers.Any(r => r is not null);

        public static OpenPage Of(MarkTable table, IReadOnlyList<ActiveRules> routers) =>
            new([.. routers], table.PassedByDevice, [.. Enumerable.Range(0, 1 + table.Rules.Rules.Count + table.Guards.Count)]);

        public bool IsClosable(Func<int, ActiveRules, bool> isClosed) =>
            Device is { IsFinal: true } || Routers.Where((rules, i) => rules is not null && isClosed(i, rules)).Any();

        public OpenPage Close(Func<int, ActiveRules, bool> isClosed, PacketTally[] closed)
        {
            var open = (ActiveRules?[])Routers.Clone();
            for (var i = 0; i < open.Length; i++)
            {
                if (open[i] is not { } rules || !isClosed(i, rules)) continue;
                Add(rules.Counters, closed);
                open[i] = null;
            }

            var device = Device;
            if (device is { IsFinal: true })
            {
                Add(device, closed);
                device = null;
            }

            return this with { Routers = open, Device = device };
        }

        public OpenPage Move(int[] moved) => this with { Accounts = Array.ConvertAll(Accounts, account => moved[account]) };

        public void AddTo(Span<PacketTally> sums)
        {
            foreach (var rules in Routers)
            {
                if (rules is not null) Add(rules.Counters, sums);
            }

            if (Device is not null) Add(Device, sums);
        }

        private void Add(RuleCounters counters, Span<PacketTally> sums)
        {
            for (var rule = 0; rule < Accounts.Length; rule++) sums[Accounts[rule]] += counters.Of(rule);
        }

        private void Add(IPassedCounts device, Span<PacketTally> sums)
        {
            Span<PacketTally> counts = new PacketTally[device.Places];
            device.ReadCounts(counts);
            for (var rule = 0; rule < Accounts.Length; rule++) sums[Accounts[rule]] += counts[rule];
        }
    }
}

/// <summary>The counts of rules at one moment.</summary>
/// <param name="Generation">The rules in force.</param>
/// <param name="Rules">
/// Those rules, in the order they are tried, with their matches in this generation and in earlier ones that had them too.
/// </param>
/// <param name="Guards">The guards in front of them, with the packets that they kept out.</param>
/// <param name="Unmatched">The packets that no rule matched and no guard kept out, in any generation.</param>
/// <param name="Earlier">The packets of rules and guards of earlier generations that are not in force any more.</param>
internal sealed record RuleCounts(
    int Generation, IReadOnlyList<RuleView> Rules, IReadOnlyList<GuardView> Guards, PacketTally Unmatched, PacketTally Earlier);
