using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Accounts;
using Pipeline.Host.Reports;
using Pipeline.Host.Schema;
using Spectre.Console;
using Spectre.Console.Rendering;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Live;

/// <summary>
/// A view as a screen of text: the status, the books, then queues, rules, consumers and routes. Fits 80 columns and 24 rows.
/// </summary>
internal static class LiveTable
{
    /// <summary>The width from which there is room for bytes too.</summary>
    private const int Wide = 116;

    /// <summary>Rows other than those of rules and routes: the lines above and below them, and three to separate them.</summary>
    private const int OtherRows = 11;
    private const int GapRows = 3;

    private const int FewestRules = 4;

    /// <summary>The height from which there is room for empty lines between the parts.</summary>
    private const int Tall = 28;

    public static IRenderable Of(PipelineView view, LiveSubject subject, int width, int height)
    {
        var isWide = width >= Wide;
        var left = new Rows(Queues(view, isWide), new Text(""), Consumers(view, isWide));
        var isTall = height >= Tall;
        var rules = Rules(view, isWide, Math.Max(FewestRules, height - OtherRows - (isTall ? GapRows : 0) - GuardRows(view) - view.Routes.Count));
        var blocks = new Grid { Expand = false }.AddColumn(new GridColumn().NoWrap().Padding(0, 0, 4, 0)).AddColumn(new GridColumn().NoWrap().Padding(0, 0, 0, 0));
        blocks.AddRow(left, rules);
        List<IRenderable> parts = [Head(view, subject), Status(view), .. Books(view, isWide), blocks, Routes(view, isWide), .. Losses(view.Ledger), Hints(subject)];
        if (isTall)
        {
            parts.Insert(parts.IndexOf(blocks) + 1, new Text(""));
            parts.Insert(parts.IndexOf(blocks), new Text(""));
            parts.Insert(parts.Count - 1, new Text(""));
        }

        return new Rows(parts);
    }

    private static Line Head(PipelineView view, LiveSubject subject) =>
        new($"[bold]pipeline[/] {Markup.Escape(subject.Source)}   up {view.Elapsed.TotalSeconds:0} s   rules generation {view.Generation}");

    private static Line Status(PipelineView view)
    {
        var status = StatusSentence.Of(view);
        var colour = status.Mood switch { Mood.Good => "green", Mood.Poor => "yellow", _ => "red" };
        return new($"[{colour}]{Markup.Escape(status.Text)}[/]");
    }

    private static IEnumerable<Line> Books(PipelineView view, bool isWide)
    {
        var books = view.Ledger;
        var came = $"received {Figures.Count(books.Received.Packets)} = delivered {Figures.Count(books.Delivered.Packets)} + passed {Figures.Count(books.Passed.Packets)} ";
        var rest = $"+ dropped {Figures.Count(books.Dropped.Packets)} + in flight {Figures.Count(books.InFlight.Packets)}  {(view.Balanced ? "[green]✓ balanced[/]" : "[red]✗ NOT BALANCED[/]")}";
        return isWide ? [new(came + rest)] : [new(came), new("  " + rest)];
    }

    private static IRenderable Queues(PipelineView view, bool isWide)
    {
        var block = new Block(["queue"], ["packets", "pkt/s"], isWide ? ["bit/s", "lost"] : ["lost"]);
        foreach (var queue in view.Queues.Take(8))
        {
            var lost = Figures.Count(queue.Lost.Values.Sum());
            block.Add([queue.Name], queue.Received, queue.Rate, isWide ? [Figures.Bits(queue.Rate), lost] : [lost]);
        }

        return block.More(view.Queues.Count - 8);
    }

    private static IRenderable Consumers(PipelineView view, bool isWide)
    {
        var block = new Block(["consumer"], ["packets", "pkt/s"], isWide ? ["kind", "queued", "p99"] : ["queued"]);
        foreach (var consumer in view.Consumers)
        {
            var queued = Figures.Count(consumer.Instances.Sum(i => (long)i.Mailbox.Depth));
            block.Add([consumer.Name], consumer.Delivered, consumer.Rate, isWide ? [consumer.Kind, queued, Handoff(consumer)] : [queued]);
        }

        return block.More(0);
    }

    /// <summary>How long bundles took to reach the consumer.</summary>
    private static string Handoff(ConsumerView consumer) =>
        consumer.Handoff.Quantile(0.99) is { } seconds ? Figures.Time(seconds) : "-";

    private static IRenderable Rules(PipelineView view, bool isWide, int most)
    {
        var block = new Block(["rule", "mark"], ["packets", "pkt/s"], isWide ? ["bit/s"] : []);
        foreach (var rule in view.Rules.Take(most)) block.Add([rule.Name, MarkNumber.Text(rule.Mark, rule.MarkMask)], rule.Matched, rule.Rate, isWide ? [Figures.Bits(rule.Rate)] : []);
        block.More(view.Rules.Count - most);
        if (view.Guards.Count > 0) AddGuards(block, view.Guards, isWide);
        return block.Add(["unmatched", ""], view.Unmatched, view.UnmatchedRate, isWide ? [Figures.Bits(view.UnmatchedRate)] : []).More(0);
    }

    private static int GuardRows(PipelineView view) => view.Guards.Count > 0 ? 1 : 0;

    private static void AddGuards(Block block, IReadOnlyList<GuardView> guards, bool isWide)
    {
        var kept = guards.Aggregate(default(PacketTally), (sum, g) => sum + g.Kept);
        var rate = new Rate(guards.Sum(g => g.Rate.Packets), guards.Sum(g => g.Rate.Bytes));
        block.Add(["kept out", ""], kept, rate, isWide ? [Figures.Bits(rate)] : []);
    }

    private static IRenderable Routes(PipelineView view, bool isWide)
    {
        var block = new Block(["route", "to"], ["packets", "pkt/s"], isWide ? ["pages held", "beyond its share", "dropped"] : ["dropped"]);
        foreach (var route in view.Routes)
        {
            var options = route.Options;
            var mark = options.MarkMask == 0 ? "all" : MarkNumber.Text(options.Mark, options.MarkMask);
            var dropped = Figures.Count(route.DroppedByReason.Values.Sum(d => d.Packets));
            string[] last = isWide ? [$"{route.Pages} / {route.PagesLimit}", JsonWord.Of(route.Overload), dropped] : [dropped];
            block.Add([mark, options.To + (options.Copy ? " (copy)" : "")], route.Taken, route.Rate, last);
        }

        return block.More(0);
    }

    private static IEnumerable<Line> Losses(LedgerSnapshot books)
    {
        var dropped = books.DroppedByReason.Select(d => $"{d.Key.Name()} {Figures.Count(d.Value.Packets)}").ToList();
        if (books.CopiesDropped.Packets > 0) dropped.Add($"copies {Figures.Count(books.CopiesDropped.Packets)}");
        var lost = books.DeviceLost.Select(d => $"{d.Key.Name()} {Figures.Count(d.Value)}");
        return [List("dropped", dropped), List("lost by the device", lost)];
    }

    private static Line List(string title, IEnumerable<string> items)
    {
        var text = string.Join(", ", items);
        return new($"[grey]{title}[/]  {(text.Length == 0 ? "nothing" : Markup.Escape(text))}");
    }

    private static Line Hints(LiveSubject subject) =>
        new($"[bold]Ctrl-C[/] drains and reports{(subject.Dashboard is { } url ? $"   more at [bold]{Markup.Escape(url)}[/]" : "")}");
}
