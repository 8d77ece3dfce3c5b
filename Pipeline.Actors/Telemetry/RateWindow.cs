using Pipeline.Nic.Accounts;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Telemetry;

/// <summary>
/// The one place where rates are computed: a view is compared with one taken about a second before. It remembers views that were taken for
/// other purposes, so that no counters are read only for rates. Any thread.
/// </summary>
internal sealed class RateWindow
{
    /// <summary>The time that rates are taken over, if there is a view that old.</summary>
    private static readonly TimeSpan Wanted = TimeSpan.FromSeconds(1);

    /// <summary>A rate over a shorter time says nothing.</summary>
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(90);

    /// <summary>A rate over a longer time would be old news.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly LinkedList<PipelineView> _past = [];
    private readonly RuleMoves _moves = new();

    /// <summary>The view with its rates. It is remembered for later views.</summary>
    public PipelineView Rated(PipelineView view)
    {
        lock (_gate)
        {
            Forget(view.Elapsed);
            var before = Before(view);
            if (_past.Last is not { } last || view.Elapsed - last.Value.Elapsed >= Shortest) _past.AddLast(view);
            return before is null ? view : Between(before, view, _moves);
        }
    }

    /// <summary>
    /// Says of which rules the views to come are. What earlier views say of these rules is kept, and their other rules are let go of.
    /// </summary>
    public void KeepOnly(IReadOnlyList<MarkRule> rules)
    {
        lock (_gate)
        {
            for (var past = _past.First; past is not null; past = past.Next)
            {
                if (past.Value.Rules is RuleViews views) past.Value = past.Value with { Rules = views.Of(rules, _moves) };
            }

            _moves.Forget();
        }
    }

    /// <summary>Forgets views that the next second cannot need, because views of many rules are large.</summary>
    private void Forget(TimeSpan now)
    {
        while (_past.First is { } oldest)
        {
            var isOld = now - oldest.Value.Elapsed > Longest;
            var isBeaten = oldest.Next is { } next && now - next.Value.Elapsed >= Wanted;
            if (!isOld && !isBeaten) return;
            _past.RemoveFirst();
        }
    }

    /// <summary>The newest view that is old enough; else the oldest that is not too new.</summary>
    private PipelineView? Before(PipelineView view)
    {
        PipelineView? chosen = null;
        foreach (var past in _past)
        {
            var age = view.Elapsed - past.Elapsed;
            if (age >= Wanted || (chosen is null && age >= Shortest)) chosen = past;
        }

        return chosen;
    }

    internal static Rate Rate(PacketTally? old, PacketTally tally, double seconds)
    {
        // What did not exist before began at zero. What another thread read a little later may be more than this.
        var grown = tally - (old ?? default);
        return new Rate(Math.Max(0, grown.Packets / seconds), Math.Max(0, grown.Bytes / seconds));
    }

    internal static PipelineView Between(PipelineView before, PipelineView now, RuleMoves moves)
    {
        var seconds = (now.Elapsed - before.Elapsed).TotalSeconds;
        return now with
        {
            RateWindow = now.Elapsed - before.Elapsed,
            Rates = new LedgerRates(
                Of(before.Ledger.Received, now.Ledger.Received),
                Of(before.Ledger.Delivered, now.Ledger.Delivered),
                Of(before.Ledger.Passed, now.Ledger.Passed),
                Of(before.Ledger.Dropped, now.Ledger.Dropped)),
            Queues = Each(before.Queues, now.Queues, q => q.Name, (old, q) => Rated(old, q, seconds)),
            Routes = Each(
                before.Routes,
                now.Routes,
                r => r.Options,
                (old, r) => r with { Rate = Of(old?.Taken, r.Taken), DroppedRate = Of(old?.Dropped, r.Dropped) }),
            Rules = before.Rules is RuleViews old && now.Rules is RuleViews rules
                ? rules.Since(old, seconds, moves)
                : Each(before.Rules, now.Rules, r => r.Name, (old, r) => r with { Rate = Of(old?.Matched, r.Matched) }),
            Guards = Each(before.Guards, now.Guards, g => g.Name, (old, g) => g with { Rate = Of(old?.Kept, g.Kept) }),
            UnmatchedRate = Of(before.Unmatched, now.Unmatched),
            Consumers = Each(
                before.Consumers,
                now.Consumers,
                c => c.Name,
                (old, c) => Rated(old, c, seconds)),
            LinksOut = Each(before.LinksOut, now.LinksOut, l => l.Node, (old, l) => l with { Rate = Of(old?.Sent, l.Sent) }),
        };

        Rate Of(PacketTally? old, PacketTally tally) => Rate(old, tally, seconds);
    }

    private static QueueView Rated(QueueView? old, QueueView queue, double seconds)
    {
        var lost = new SortedDictionary<DeviceLoss, double>();
        foreach (var (kind, packets) in queue.Lost)
        {
            if (packets - (old?.Lost.GetValueOrDefault(kind) ?? 0) is > 0 and var grown) lost[kind] = grown / seconds;
        }

        return queue with
        {
            Rate = Rate(old?.Received, queue.Received, seconds),
            PassedByDeviceRate = Rate(old?.PassedByDevice, queue.PassedByDevice, seconds),
            LostRates = lost,
        };
    }

    private static ConsumerView Rated(ConsumerView? old, ConsumerView consumer, double seconds) => consumer with
    {
        Rate = Rate(old?.Delivered, consumer.Delivered, seconds),
        DroppedRate = Rate(old?.Dropped, consumer.Dropped, seconds),
        DropRates = Growing(old?.DroppedByReason, consumer.DroppedByReason, seconds),
        CopyDropRates = Growing(old?.CopiesDroppedByReason, consumer.CopiesDroppedByReason, seconds),
    };

    /// <summary>The reasons for which more packets were dropped than before, and how many more per second.</summary>
    private static SortedDictionary<DropReason, double> Growing(
        IReadOnlyDictionary<DropReason, PacketTally>? before, IReadOnlyDictionary<DropReason, PacketTally> now, double seconds)
    {
        var growing = new SortedDictionary<DropReason, double>();
        foreach (var (reason, tally) in now)
        {
            if (tally.Packets - (before?.GetValueOrDefault(reason).Packets ?? 0) is > 0 and var grown) growing[reason] = grown / seconds;
        }

        return growing;
    }

    private static T[] Each<T, TKey>(IReadOnlyList<T> before, IReadOnlyList<T> now, Func<T, TKey> key, Func<T?, T, T> rate)
        where T : class
        where TKey : notnull
    {
        var rated = new T[now.Count];
        Dictionary<TKey, T>? moved = null;
        for (var i = 0; i < rated.Length; i++)
        {
            if (i < before.Count && key(before[i]).Equals(key(now[i])))
            {
                rated[i] = rate(before[i], now[i]);
                continue;
            }

            moved ??= before.DistinctBy(key).ToDictionary(key);
            rated[i] = rate(moved.GetValueOrDefault(key(now[i])), now[i]);
        }

        return rated;
    }
}
