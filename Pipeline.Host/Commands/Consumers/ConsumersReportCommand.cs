using System.CommandLine;
using System.Globalization;
using Pipeline.Host.Remote;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Commands.Consumers;

/// <summary><c>pipeline consumers report NAME</c>: what a consumer has gathered so far, such as the flows in its table.</summary>
internal sealed class ConsumersReportCommand : NodeVerb
{
    private readonly Argument<string?> _name = Word("NAME", "the consumer's name, as `pipeline consumers list` shows it");
    private readonly Option<string> _most = Value("--most", "N", "how many entries at most, the latest first (default 1000)");

    public ConsumersReportCommand()
        : base("report", "what a consumer has gathered so far; of flows, those in its table now, as comma-separated values") => AddAll(_name, _most);

    public override IReadOnlyList<(string Command, string Purpose)> Examples =>
    [
        ("pipeline consumers report flows", "the flows that had a packet last"),
        ("pipeline consumers report flows --most 20 | column -s, -t", "twenty of them, as a table"),
    ];

    protected override async Task<int> Ask(ParseResult line, NodeClient node, Terminal terminal, Parts parts)
    {
        var name = line.GetValue(_name)!;
        var report = await new NodeConsumers(node).Report(name, MostOf(line.GetValue(_most)));
        if (WantsJson(line))
        {
            Print(terminal, report, JsonShapes.Default.ConsumerReportJson);
            return ExitCodes.Ok;
        }

        Print(terminal, report);
        if (report.Entries < report.Total) terminal.Error.WriteLine($"{report.Entries} of {report.Total} entries, the latest first; --most N prints more");
        return ExitCodes.Ok;
    }

    /// <summary>Prints the instances' lines as one text: the line that names the columns is printed once.</summary>
    private static void Print(Terminal terminal, ConsumerReportJson report)
    {
        var columns = "";
        foreach (var instance in report.Instances)
        {
            var end = instance.Text.IndexOf('\n', StringComparison.Ordinal) + 1;
            var first = instance.Text[..end];
            terminal.Out.Write(first.Length > 0 && first == columns ? instance.Text[end..] : instance.Text);
            columns = first;
        }
    }

    private static int? MostOf(string? text) =>
        text is null ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var most) && most > 0 ? most
        : throw new UsageException($"--most {text}: expected a number of entries, 1 or more");
}
