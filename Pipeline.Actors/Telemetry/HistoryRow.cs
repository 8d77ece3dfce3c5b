using Pipeline.Nic.Accounts;

namespace Pipeline.Actors.Telemetry;

/// <summary>The columns of a history, and what a reading has in each. A value that there is not is not a number.</summary>
internal static class HistoryRow
{
    public const int Received = 0;
    public const int Delivered = 2;
    public const int Passed = 4;
    public const int HandoffMedian = 6;
    public const int HandoffP99 = 7;
    public const int PagesOut = 8;
    public const int Pages = 9;
    public const int DeepestMailbox = 10;
    public const int Dropped = 11;

    public static readonly DropReason[] Reasons = Enum.GetValues<DropReason>();
    public static readonly DeviceLoss[] Losses = Enum.GetValues<DeviceLoss>();

    public static readonly int Lost = Dropped + Reasons.Length;
    public static readonly int Columns = Lost + Losses.Length;

    /// <summary>Writes what a reading has.</summary>
    /// <param name="before">The one a second before; null where there was none, and then there are no rates.</param>
    /// <param name="row">A place for each column.</param>
    public static void Write(HistoryReading? before, HistoryReading now, Span<double> row)
    {
        row.Fill(double.NaN);
        (row[PagesOut], row[Pages], row[DeepestMailbox]) = (now.Pages.Out, now.Pages.All, now.DeepestMailbox);
        if (before is null || (now.Elapsed - before.Elapsed).TotalSeconds is not (> 0 and var seconds)) return;
        var (earlier, books) = (before.Ledger, now.Ledger);
        WriteRates(earlier.Received, books.Received, seconds, row[Received..]);
        WriteRates(earlier.Delivered, books.Delivered, seconds, row[Delivered..]);
        WriteRates(earlier.Passed, books.Passed, seconds, row[Passed..]);
        for (var i = 0; i < Reasons.Length; i++)
            row[Dropped + i] = Rate(Of(earlier, Reasons[i]), Of(books, Reasons[i]), seconds);
        for (var i = 0; i < Losses.Length; i++)
            row[Lost + i] = Rate(earlier.DeviceLost.GetValueOrDefault(Losses[i]), books.DeviceLost.GetValueOrDefault(Losses[i]), seconds);
        if (Between(before.Handoff, now.Handoff) is not { } handoff) return;
        (row[HandoffMedian], row[HandoffP99]) = (Microseconds(handoff, 0.5), Microseconds(handoff, 0.99));
    }

    private static void WriteRates(PacketTally before, PacketTally now, double seconds, Span<double> row)
    {
        row[0] = Rate(before.Packets, now.Packets, seconds);
        row[1] = Rate(before.Bytes, now.Bytes, seconds) * 8;
    }

    private static long Of(LedgerSnapshot books, DropReason reason) => books.DroppedByReason.GetValueOrDefault(reason).Packets;

    /// <summary>A counter that went back counts something else now, and says nothing of this second.</summary>
    private static double Rate(long before, long now, double seconds) => now >= before ? (now - before) / seconds : double.NaN;

    private static double Microseconds(HandoffView handoff, double part) => handoff.Quantile(part) is { } seconds ? seconds * 1e6 : double.NaN;

    /// <returns>The bundles that came between; null if a bucket has fewer than before.</returns>
    private static HandoffView? Between(HandoffView before, HandoffView now)
    {
        var grown = new long[now.Counts.Count];
        for (var i = 0; i < grown.Length; i++)
        {
            grown[i] = now.Counts[i] - before.Counts[i];
            if (grown[i] < 0) return null;
        }

        return new HandoffView(grown, now.TotalSeconds - before.TotalSeconds);
    }
}
