using Pipeline.Nic.Accounts;

namespace Pipeline.Actors.Telemetry;

/// <summary>
/// Reports when packets begin to be lost, and then once a minute while more are lost. It has no clock: the caller passes the time. For one
/// thread.
/// </summary>
internal sealed class LossWatch
{
    /// <summary>The interval at which a continuing loss is reported again. The books give the number at any time.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromMinutes(1);

    private readonly Dictionary<(string Where, string Reason), (long Packets, DateTimeOffset At)> _told = [];

    /// <summary>The losses to report now, from the books.</summary>
    public IEnumerable<(string Where, string Words)> Look(LedgerSnapshot books, DateTimeOffset now)
    {
        foreach (var queue in books.Queues)
        {
            foreach (var (loss, packets) in queue.Lost)
            {
                if (Grown((queue.Name, loss.Name()), packets, now) is not { } grown) continue;
                yield return (queue.Name, $"the device lost {grown} packets ({loss.Name()})");
            }
        }

        foreach (var account in books.Accounts)
        {
            var what = account.Kind == AccountKind.Copy ? "copies" : "packets";
            foreach (var (reason, dropped) in account.DroppedByReason)
            {
                if (Grown((account.Name, $"{what} {reason.Name()}"), dropped.Packets, now) is not { } grown) continue;
                yield return (account.Name, $"{grown} {what} were dropped ({reason.Name()})");
            }
        }
    }

    private long? Grown((string Where, string Reason) loss, long packets, DateTimeOffset now)
    {
        var (before, at) = _told.GetValueOrDefault(loss, (0, DateTimeOffset.MinValue));
        if (packets <= before || (before > 0 && now - at < Again)) return null;
        _told[loss] = (packets, now);
        return packets - before;
    }
}
