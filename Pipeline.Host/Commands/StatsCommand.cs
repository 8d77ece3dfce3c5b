using System.CommandLine;
using System.Globalization;
using Pipeline.Host.Remote;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Commands;

/// <summary><c>pipeline stats</c>: prints one line per interval about a running pipeline, for scripts and for people.</summary>
internal sealed class StatsCommand : NodeVerb
{
    /// <summary>Lines between two headings on a terminal.</summary>
    private const int Page = 20;

    private const string Columns = "{0,12}{1,12}{2,12}{3,12}{4,12}{5,11}{6,6}  {7}";

    private readonly Option<string> _interval = Value("-i", "SEC", "the time between lines (default 1 s)");
    private readonly Option<string> _times = Value("-n", "TIMES", "end after so many lines (default: when the run ends)");

    public StatsCommand()
        : base("stats", "packets a second of a running pipeline, one line an interval", "print each line as a JSON object") => AddAll(_interval, _times);

    public override IReadOnlyList<(string Command, string Purpose)> Examples =>
    [
        ("pipeline stats", "a line a second until Ctrl-C or the end of the run"),
        ("pipeline stats -i 10 -n 6 --json", "a minute, for a script"),
    ];

    protected override async Task<int> Ask(ParseResult line, NodeClient node, Terminal terminal, Parts parts)
    {
        var interval = FlagValues.Interval("-i", line.GetValue(_interval));
        var times = FlagValues.Times("-n", line.GetValue(_times)) ?? long.MaxValue;
        return await Follow(node, interval, times, (stats, n) => Write(stats, n, terminal.Out, terminal, WantsJson(line)));
    }

    private static async Task<int> Follow(NodeClient node, TimeSpan interval, long times, Action<StatsJson, long> write)
    {
        using var clock = new PeriodicTimer(interval);
        var last = await node.Get<SnapshotJson>(NodeClient.Snapshot);
        for (var n = 0L; n < times; n++)
        {
            await clock.WaitForNextTickAsync();
            var next = await Next(node);
            write(StatsJson.Between(last, next), n);
            if (next.AtRest) break;
            last = next;
        }

        return ExitCodes.Ok;
    }

    /// <summary>A run's server ends with it, and seldom waits for someone to ask for the last figures.</summary>
    private static async Task<SnapshotJson> Next(NodeClient node)
    {
        try
        {
            return await node.Get<SnapshotJson>(NodeClient.Snapshot);
        }
        catch (NodeException gone) when (gone is { ExitCode: ExitCodes.Unavailable, InnerException: HttpRequestException })
        {
            throw new NodeException($"{node.Address} answers no more; the run has ended, or there is no way to it", ExitCodes.Unavailable, inner: gone);
        }
    }

    private static void Write(StatsJson stats, long number, TextWriter lines, Terminal terminal, bool json)
    {
        if (json)
        {
            lines.WriteLine(JsonText.Of(stats, JsonShapes.Default.StatsJson));
            return;
        }

        if (number == 0 || (terminal.OutIsTerminal && number % Page == 0)) lines.WriteLine(Columns, "received/s", "delivered/s", "passed/s", "dropped/s", "lost/s", "in-flight", "gen", "ledger");
        var rates = stats.Rates;
        lines.WriteLine(
            Columns, Whole(rates.Received), Whole(rates.Delivered), Whole(rates.Passed), Whole(rates.Dropped), Whole(rates.DeviceLost), stats.InFlight, stats.Generation, stats.Balanced ? "balanced" : "NOT-BALANCED");
    }

    private static string Whole(double rate) => rate.ToString("0", CultureInfo.InvariantCulture);
}
