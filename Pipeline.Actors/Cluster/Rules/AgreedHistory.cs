using System.Text;
using Pipeline.Actors.Cluster.Wire;
using Pipeline.Actors.Generations;
using Pipeline.Actors.Serialization;

namespace Pipeline.Actors.Cluster.Rules;

/// <summary>What the authority makes of the rules that the cluster agreed on. Pure: it knows no actors and no clock.</summary>
internal static class AgreedHistory
{
    /// <summary>The most generations in the register.</summary>
    public const int Most = 100;

    /// <summary>The most characters of a source's or a person's name.</summary>
    private const int MostName = 200;

    /// <summary>The bytes of an entry without its names, rounded up.</summary>
    private const int BytesOfEntry = 160;

    /// <summary>The one in force.</summary>
    public static AgreedGeneration Current(this AgreedRules rules) => rules.Entries[^1];

    public static AgreedGeneration? Find(this AgreedRules rules, int number) =>
        Array.Find(rules.Entries, e => e.Number == number) ?? Array.FindLast(rules.Entries, e => e.Was == number);

    /// <summary>Whether somebody may mean it by a number: its own, or the one that it had at first.</summary>
    public static bool Is(this AgreedGeneration entry, int number) => number != 0 && (entry.Number == number || entry.Was == number);

    /// <summary>
    /// Of two values of the register the one with the higher stamp counts: that with the higher number, and of two with the same that which
    /// needs no confirmation any more.
    /// </summary>
    public static long Stamp(this AgreedRules rules) => (2L * rules.Current().Number) + (rules.Current().ConfirmBy == 0 ? 1 : 0);

    /// <summary>Whether its parts fit each other. A node of another version, or none of ours, may have written it.</summary>
    public static bool IsSound(this AgreedRules rules) =>
        rules.Entries.Length > 0 && Array.TrueForAll(rules.Entries, IsSound)
        && rules.Find(rules.Confirmed) is not null
        && rules.Entries.Zip(rules.Entries.Skip(1)).All(pair => pair.First.Number < pair.Second.Number);

    public static bool IsSound(this AgreedGeneration entry) =>
        entry.Number is > 0 and < int.MaxValue && entry.Was >= 0 && entry.Was < entry.Number && RuleTexts.IsHash(entry.Hash) && entry.Bytes >= 0
        && IsTime(entry.At) && IsTime(entry.ConfirmBy);

    private static bool IsTime(long ticks) => ticks >= 0 && ticks <= DateTimeOffset.MaxValue.Ticks;

    /// <summary>The first rules of a cluster are those of the node that begins it.</summary>
    /// <param name="history">What that node ran, the oldest first.</param>
    public static AgreedRules Begin(IReadOnlyList<RuleGeneration> history)
    {
        AgreedGeneration[] entries = [.. history.TakeLast(Most).Select(Of)];
        var confirmed = Array.FindLast(entries, e => e.ConfirmBy == 0) ?? entries[^1];
        return new AgreedRules { Confirmed = confirmed.Number, ConfirmedBy = Guid.Empty, Entries = Bounded(entries, confirmed.Number) };
    }

    /// <summary>The same with one more generation, which is in force.</summary>
    public static AgreedRules Add(this AgreedRules rules, AgreedGeneration next)
    {
        var confirmed = next.ConfirmBy == 0 ? next.Number : rules.Confirmed;
        return rules with { Confirmed = confirmed, Entries = Bounded([.. rules.Entries, next], confirmed) };
    }

    /// <summary>The same, and the generation in force needs no confirmation any more.</summary>
    public static AgreedRules Confirm(this AgreedRules rules, Guid request)
    {
        var current = rules.Current() with { ConfirmBy = 0 };
        AgreedGeneration[] entries = [.. rules.Entries[..^1], current];
        return rules with { Confirmed = current.Number, ConfirmedBy = request, Entries = entries };
    }

    /// <summary>The same with the rules of an earlier generation again.</summary>
    public static AgreedRules GoBack(this AgreedRules rules, AgreedGeneration earlier, string who, DateTimeOffset now, Guid request) =>
        rules.Add(earlier with
        {
            Number = rules.Current().Number + 1,
            Was = 0,
            Who = Name(who),
            At = now.UtcTicks,
            RollbackTo = earlier.Number,
            ConfirmBy = 0,
            Request = request,
        });

    /// <returns>The rules after the deadline for confirmation; null while there is none or it is not over.</returns>
    public static AgreedRules? AfterDeadline(this AgreedRules rules, DateTimeOffset now)
    {
        var by = rules.Current().ConfirmBy;
        if (by == 0 || by > now.UtcTicks) return null;
        return rules.GoBack(rules.Find(rules.Confirmed)!, RuleAuthorityState.Unconfirmed, now, Guid.Empty);
    }

    /// <summary>
    /// What a node runs meets what the cluster agreed on. No number is ever given to two texts. If another cluster agreed on a higher
    /// number, that wins. If the node has used the cluster's number, or a higher one, by itself, the cluster's generation in force gets a
    /// number above it; that of the node, if it has the same text.
    /// </summary>
    /// <returns>The rules that the cluster then agrees on; null where nothing is to be done.</returns>
    public static AgreedRules? Meet(this AgreedRules rules, NodeRunsRules node)
    {
        var (current, runs) = (rules.Current(), node.Runs);
        if (!runs.IsSound() || runs.Number >= int.MaxValue - 1 || runs.Number < current.Number) return null;
        if (runs.Hash == current.Hash) return runs.Number == current.Number ? null : rules.Renumber(runs.Number);
        if (node.IsAgreed && runs.Number > current.Number) return rules.Add(runs with { Source = Name(runs.Source), Who = Name(runs.Who) });
        return rules.Renumber(runs.Number + 1);
    }

    /// <summary>The same, and the generation in force has a higher number.</summary>
    private static AgreedRules Renumber(this AgreedRules rules, int number)
    {
        var current = rules.Current();
        var next = current with { Number = number, Was = current.Was == 0 ? current.Number : current.Was };
        var confirmed = rules.Confirmed == current.Number ? number : rules.Confirmed;
        return rules with { Confirmed = confirmed, Entries = [.. rules.Entries[..^1], next] };
    }

    /// <summary>What a node runs, as it is told to others.</summary>
    public static AgreedGeneration Of(RuleGeneration generation) => new()
    {
        Number = generation.Number,
        Was = 0,
        Hash = RuleTexts.HashOf(generation.Text),
        Bytes = Encoding.UTF8.GetByteCount(generation.Text),
        Source = Name(generation.Source),
        Who = Name(generation.Who),
        At = generation.At.UtcTicks,
        RollbackTo = generation.RollbackTo ?? 0,
        ConfirmBy = generation.ConfirmBy?.UtcTicks ?? 0,
        Request = generation.Request,
    };

    /// <summary>The same with its text, for the node's own pipeline.</summary>
    public static RuleGeneration With(this AgreedGeneration entry, string text) => new()
    {
        Number = entry.Number,
        At = new DateTimeOffset(entry.At, TimeSpan.Zero),
        Who = entry.Who,
        Source = entry.Source,
        Text = text,
        Rules = 0, // The pipeline counts them.
        RollbackTo = entry.RollbackTo == 0 ? null : entry.RollbackTo,
        ConfirmBy = TimeOf(entry.ConfirmBy),
        Request = entry.Request,
        IsAgreed = true,
    };

    public static DateTimeOffset? TimeOf(long ticks) => ticks == 0 ? null : new DateTimeOffset(ticks, TimeSpan.Zero);

    /// <summary>Of a long name its end, which says most of a path.</summary>
    public static string Name(string name) => name.Length <= MostName ? name : name[^MostName..];

    /// <summary>
    /// Lets the oldest entries go until the rest fits into the register; never the one in force, nor the one to go back to.
    /// </summary>
    private static AgreedGeneration[] Bounded(AgreedGeneration[] entries, int confirmed)
    {
        var kept = entries.ToList();
        var bytes = kept.Sum(BytesOf);
        while (kept.Count > Most || bytes > WireTypes.Register - 1024)
        {
            var oldest = kept.FindIndex(e => e != kept[^1] && e.Number != confirmed);
            if (oldest < 0) break;
            bytes -= BytesOf(kept[oldest]);
            kept.RemoveAt(oldest);
        }

        return [.. kept];
    }

    private static int BytesOf(AgreedGeneration entry) =>
        BytesOfEntry + Encoding.UTF8.GetByteCount(entry.Source) + Encoding.UTF8.GetByteCount(entry.Who);
}
