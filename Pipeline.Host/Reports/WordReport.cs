using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Reports;

/// <summary>
/// The report that people read at the end of a run: first the lines that tcpdump would print, then where the packets went.
/// </summary>
internal static class WordReport
{
    /// <param name="view">The figures.</param>
    /// <param name="selects">Whether there is an expression, so that "matched" means something.</param>
    /// <param name="outputs">The outputs of <c>-w</c> and <c>--split</c>, by the consumer that writes them.</param>
    public static void Write(TextWriter text, PipelineView view, bool selects, IReadOnlyDictionary<string, string> outputs)
    {
        text.WriteLine(FirstLine(view, selects, outputs));
        text.WriteLine(Losses(view.Ledger));
        if (view.Guards.Count > 0) WriteGuards(text, view.Guards);
        if (view.Rules.Count > 0 || view.EarlierRules.Packets > 0) WriteRules(text, view);
        WriteConsumers(text, view.Consumers);
        if (DrainLine(view) is { } cut) text.WriteLine(cut);
        text.WriteLine(LedgerLine(view));
    }

    private static string? DrainLine(PipelineView view)
    {
        if (view.DrainCutAfter is not { } limit) return null;
        var lost = view.Ledger.DroppedByReason.GetValueOrDefault(DropReason.Shutdown).Packets;
        var line = $"drain cut after {limit.TotalSeconds:0.###} s: {Packets(lost)} dropped ({DropReason.Shutdown.Name()})";
        return view.LeftBehind.Count == 0 ? line : $"{line}; {string.Join(", ", view.LeftBehind)} did not come back";
    }

    /// <summary>The books on one line, for <c>SIGUSR1</c> and the end of the report.</summary>
    public static string LedgerLine(PipelineView view)
    {
        var ledger = view.Ledger;
        var byDevice = ledger.PassedByDevice.Packets > 0 ? $" ({ledger.PassedByDevice.Packets} by the device)" : "";
        var released = ledger.PassedReleased.Packets > 0 ? $" ({ledger.PassedReleased.Packets} of released flows)" : "";
        return $"ledger: received {ledger.Received.Packets} = delivered {ledger.Delivered.Packets} "
            + $"+ passed {ledger.Passed.Packets}{byDevice}{released} + dropped {ledger.Dropped.Packets} "
            + $"+ in flight {ledger.InFlight.Packets}, {(view.Balanced ? "balanced" : "NOT BALANCED")}";
    }

    private static string FirstLine(PipelineView view, bool selects, IReadOnlyDictionary<string, string> outputs)
    {
        var line = $"{Packets(view.Ledger.Received.Packets)} read";
        if (selects) line += $", {view.Selected} matched";
        foreach (var (consumer, output) in outputs)
        {
            var written = view.Consumers.FirstOrDefault(c => c.Name == consumer)?.Delivered.Packets ?? 0;
            line += $", {written} written to {output}";
        }

        return line;
    }

    private static string Losses(LedgerSnapshot ledger)
    {
        var line = $"{ledger.Dropped.Packets} dropped";
        if (ledger.DroppedByReason.Count > 0) line += ": " + string.Join(", ", ledger.DroppedByReason.Select(d => $"{d.Key.Name()} {d.Value.Packets}"));
        if (ledger.CopiesDropped.Packets > 0) line += $"; {ledger.CopiesDropped.Packets} copies dropped";
        if (ledger.CopiesReleased.Packets > 0) line += $"; {ledger.CopiesReleased.Packets} copies of released flows not made";
        if (ledger.DeviceLost.Count > 0) line += "; lost by the device: " + string.Join(", ", ledger.DeviceLost.Select(d => $"{d.Key.Name()} {d.Value}"));
        return line;
    }

    private static void WriteGuards(TextWriter text, IReadOnlyList<GuardView> guards)
    {
        List<string[]> rows = [["kept out", "packets", "bytes"], .. guards.Select(g => new[] { g.Name, $"{g.Kept.Packets}", $"{g.Kept.Bytes}" })];
        foreach (var line in Table.Lines(rows, leftColumns: 1)) text.WriteLine(line);
    }

    private static void WriteRules(TextWriter text, PipelineView view)
    {
        List<string[]> rows = [["rule", "mark", "packets", "bytes"]];
        rows.AddRange(view.Rules.Select(r => Row(r.Name, MarkNumber.Text(r.Mark, r.MarkMask), r.Matched)));
        rows.Add(Row("unmatched", "-", view.Unmatched));
        if (view.EarlierRules.Packets > 0) rows.Add(Row("(earlier rules)", "-", view.EarlierRules));
        foreach (var line in Table.Lines(rows, leftColumns: 2)) text.WriteLine(line);
    }

    private static void WriteConsumers(TextWriter text, IReadOnlyList<ConsumerView> all)
    {
        // The stack always exists. It is not shown when every packet went elsewhere.
        var consumers = all.Where(c => c.Kind != "stack" || c.Delivered.Packets > 0).ToList();
        if (consumers.Count == 0) return;
        List<string[]> rows = [["consumer", "kind", "packets", "bytes"]];
        rows.AddRange(consumers.Select(c => Row(c.Name, c.Kind, c.Delivered)));
        var lines = Table.Lines(rows, leftColumns: 2);
        text.WriteLine(lines[0]);
        for (var i = 0; i < consumers.Count; i++)
        {
            var consumer = consumers[i];
            text.WriteLine(consumer.Restarts == 0 ? lines[i + 1] : $"{lines[i + 1]}  restarted {consumer.Restarts} times");
            if (consumer.Counters.Count > 0) text.WriteLine($"    {string.Join(", ", consumer.Counters.Select(c => $"{c.Name} {c.Value}"))}");
            if (consumer.Failure is { } failure) text.WriteLine($"    {failure}");
            foreach (var note in consumer.Notes) text.WriteLine($"    {note}");
        }
    }

    private static string[] Row(string name, string kind, PacketTally tally) => [name, kind, $"{tally.Packets}", $"{tally.Bytes}"];

    private static string Packets(long count) => count == 1 ? "1 packet" : $"{count} packets";
}
