using Pipeline.Nic.Accounts;

namespace Pipeline.Actors.Telemetry;

/// <summary>
/// Reports when packets begin to be lost, once a minute while more are lost, and when it is over. It has no clock: the caller passes the
/// time. For one thread at a time.
/// </summary>
internal sealed class LossWatch
{
    /// <summary>The interval at which a continuing loss is reported again. The books give the number at any time.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(1);

    /// <summary>A loss is over when nothing more was lost for this time. Losses come in bursts, and each burst is not one of its own.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(10);

    private readonly Dictionary<(string Where, string Reason, bool IsOfCopies), Loss> _all = [];

    /// <summary>The events to report now, from the books.</summary>
    public IReadOnlyList<PipelineEvent> Look(LedgerSnapshot books, DateTimeOffset now)
    {
        var events = new List<PipelineEvent>();
        foreach (var queue in books.Queues)
        {
            foreach (var (loss, packets) in queue.Lost) Look((queue.Name, loss.Name(), false), packets, now, events, OfDevice);
        }

        foreach (var account in books.Accounts)
        {
            var isOfCopies = account.Kind == AccountKind.Copy;
            foreach (var (reason, dropped) in account.DroppedByReason)
                Look((account.Name, reason.Name(), isOfCopies), dropped.Packets, now, events, isOfCopies ? OfCopies : OfPackets);
        }

        return events;
    }

    /// <summary>The last events of a run: what was lost at its end, and the end of every loss.</summary>
    /// <param name="books">The books at rest.</param>
    public IReadOnlyList<PipelineEvent> End(LedgerSnapshot books, DateTimeOffset now)
    {
        var begun = Look(books, now);
        return [.. begun, .. _all.Where(l => l.Value.IsOpen).Select(l => Over(l.Key, l.Value))];
    }

    private void Look(
        (string Where, string Reason, bool IsOfCopies) key, long packets, DateTimeOffset now, List<PipelineEvent> events, Func<long, string, string> words)
    {
        if (!_all.TryGetValue(key, out var loss)) _all[key] = loss = new Loss();
        if (packets > loss.Seen)
        {
            if (!loss.IsOpen) loss.Open(now);
            (loss.Seen, loss.LastAt) = (packets, now);
            if (now - loss.ToldAt < Again) return;
            events.Add(new PipelineEvent(0, default, PipelineEventKind.Loss, key.Where, words(packets - loss.Told, key.Reason))
            {
                Packets = packets - loss.Told,
                Reason = key.Reason,
            });
            (loss.Told, loss.ToldAt) = (packets, now);
        }
        else if (loss.IsOpen && now - loss.LastAt >= Quiet)
        {
            events.Add(Over(key, loss));
        }
    }

    private static PipelineEvent Over((string Where, string Reason, bool IsOfCopies) key, Loss loss)
    {
        var (lost, lasted) = (loss.Seen - loss.Before, loss.LastAt - loss.Since);
        var what = key.IsOfCopies ? "copies" : "packets";
        loss.Close();
        return new PipelineEvent(0, default, PipelineEventKind.LossEnded, key.Where, $"no more {what} are lost ({key.Reason}): {lost} {Within(lasted)}")
        {
            Packets = lost,
            Reason = key.Reason,
            Lasted = lasted,
        };
    }

    private static string Within(TimeSpan lasted) => lasted.TotalSeconds < 1 ? "within a second" : $"in {lasted.TotalSeconds:0} s";

    private static string OfDevice(long packets, string reason) => $"the device lost {packets} packets ({reason})";

    private static string OfPackets(long packets, string reason) => $"{packets} packets were dropped ({reason})";

    private static string OfCopies(long copies, string reason) => $"{copies} copies were dropped ({reason})";

    /// <summary>One place and reason.</summary>
    private sealed class Loss
    {
        public long Seen { get; set; }

        /// <summary>What was lost before this loss began.</summary>
        public long Before { get; private set; }

        public long Told { get; set; }

        public DateTimeOffset ToldAt { get; set; } = DateTimeOffset.MinValue;

        public DateTimeOffset Since { get; private set; }

        public DateTimeOffset LastAt { get; set; }

        public bool IsOpen { get; private set; }

        public void Open(DateTimeOffset now) => (IsOpen, Before, Told, Since, ToldAt) = (true, Seen, Seen, now, DateTimeOffset.MinValue);

        public void Close() => IsOpen = false;
    }
}
