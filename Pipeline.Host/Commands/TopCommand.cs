using System.CommandLine;
using Pipeline.Host.Live;
using Pipeline.Host.Remote;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Commands;

/// <summary><c>pipeline top</c>: a running pipeline on the whole of a terminal, or as text where there is none.</summary>
internal sealed class TopCommand : NodeVerb
{
    /// <summary>The width of the text, which has every column.</summary>
    private const int TextWidth = 120;

    /// <summary>A node that hangs is asked again soon.</summary>
    private static readonly TimeSpan UsualTimeout = TimeSpan.FromSeconds(5);

    private readonly Option<string> _interval = Value("-i", "SEC", "the time between two looks (default 1 s)");
    private readonly Option<string> _times = Value("-n", "TIMES", "print the figures as text so many times, also on a terminal (default without a terminal: once)");
    private readonly Option<bool> _noColor = Switch("--no-color", "no colours");

    public TopCommand()
        : base("top", "a running pipeline on the whole of the terminal: what is lost, queues, rules, consumers", "print each snapshot as a JSON object on a line of its own, until the run ends or -n is met", UsualTimeout) =>
        AddAll(_interval, _times, _noColor);

    /// <summary>An interrupt ends it, after the terminal is as it was.</summary>
    public override bool Runs => true;

    public override IReadOnlyList<(string Command, string Purpose)> Examples =>
    [
        ("pipeline top", "until q; h shows the other keys"),
        ("pipeline top --node edge -i 5", "the pipeline called edge, every five seconds"),
        ("pipeline top -n 1 > now.txt", "the figures as text"),
    ];

    protected override async Task<int> Ask(ParseResult line, NodeClient node, Terminal terminal, Parts parts)
    {
        var interval = FlagValues.Interval("-i", line.GetValue(_interval));
        var times = FlagValues.Times("-n", line.GetValue(_times));
        Task<SnapshotJson> Look() => node.Get<SnapshotJson>(NodeClient.Snapshot);
        if (WantsJson(line)) return await Print(Look, times ?? long.MaxValue, interval, parts.Signals.Interrupted, (s, _) => Print(terminal, s, JsonShapes.Default.SnapshotJson));
        if (times is not null || !terminal.OutIsMovable) return await Print(Look, times ?? 1, interval, parts.Signals.Interrupted, (s, n) => Write(s, n, node, terminal.Out));

        var feed = new SnapshotFeed(node.Address.ToString(), Look, interval, TimeProvider.System);
        await feed.Begin();
        using var screen = FullScreen.Open(terminal);
        await new TopDisplay(feed, screen, TimeProvider.System).Show(parts.Signals.Interrupted);
        return ExitCodes.Ok;
    }

    private static async Task<int> Print(Func<Task<SnapshotJson>> look, long times, TimeSpan interval, Task interrupted, Action<SnapshotJson, long> print)
    {
        for (var n = 0L; n < times; n++)
        {
            if (n > 0 && await Task.WhenAny(interrupted, Task.Delay(interval)) == interrupted) break;
            var snapshot = await look();
            print(snapshot, n);
            if (snapshot.AtRest) break;
        }

        return ExitCodes.Ok;
    }

    private static void Write(SnapshotJson snapshot, long number, NodeClient node, TextWriter to)
    {
        if (number > 0) to.WriteLine();
        var view = LiveView.Of(new Sighting(snapshot, node.Address.ToString()), new LiveState(), TextWidth, int.MaxValue);
        foreach (var line in view.Lines) to.WriteLine(line.Text.TrimEnd());
    }
}
