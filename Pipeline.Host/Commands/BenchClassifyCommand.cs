using System.CommandLine;
using System.Globalization;
using Pipeline.Host.Benching;
using Pipeline.Host.Reports;
using Pipeline.Host.Schema;
using Pipeline.Nic.Pages;

namespace Pipeline.Host.Commands;

/// <summary><c>pipeline bench classify</c>: compares rules and filters with merely touching the packets.</summary>
internal sealed class BenchClassifyCommand : Verb
{
    private static readonly int[] UsualRules = [1, 16, 256, 1000, 10000];

    private readonly Option<string> _rules = Value("--rules", "N", "how many rules; without it 1, 16, 256, 1000 and 10000");
    private readonly Option<string> _tuples = Value("--tuples", "N", $"spread the rules over so many sets of bits, 1 to {BenchRules.MostTuples} (default 1)");
    private readonly Option<string> _filter = Value("--filter", "EXPR", "compare a pcap-filter expression with libpcap's own interpreter too");
    private readonly Option<string> _seconds = Value("--seconds", "S", "how long each row is measured on cold and on hot packets (default 1)");
    private readonly Option<bool> _xdp = Switch("--xdp", "measure the rules in the kernel's XDP hook too, beside a program without rules (needs the right to load programs)");
    private readonly Option<bool> _json = Switch("--json", "print one JSON object");

    public BenchClassifyCommand()
        : base("classify", "measure what rules cost a packet, beside the cost of touching the packet")
    {
        foreach (var option in (Option[])[_rules, _tuples, _filter, _seconds, _xdp, _json]) Add(option);
    }

    public override IReadOnlyList<(string Command, string Purpose)> Examples =>
    [
        ("pipeline bench classify --rules 1000", "both engines with 1000 rules"),
        ("pipeline bench classify --rules 16 --filter 'udp port 53' --json", "a filter against libpcap, for a script"),
    ];

    public override Task<int> Execute(ParseResult line, Terminal terminal, Parts parts)
    {
        var rules = Number(line, _rules, Packet.MaxRules);
        var tuples = Number(line, _tuples, BenchRules.MostTuples) ?? 1;
        var bench = new ClassifyBench(tuples, TimeSpan.FromSeconds(Number(line, _seconds, 3600) ?? 1));
        int[] counts = rules is { } one ? [one] : UsualRules;
        var rows = counts.SelectMany(bench.OfRules);
        if (line.GetValue(_xdp)) rows = rows.Concat(counts.Select(new XdpBench(tuples).OfRules));
        if (line.GetValue(_filter) is { } expression) rows = rows.Concat(bench.OfFilter(expression));
        if (line.GetValue(_json)) terminal.Out.WriteLine(Json([.. rows]));
        else WriteTable([.. rows], tuples, terminal);
        return Task.FromResult(ExitCodes.Ok);
    }

    private static int? Number(ParseResult line, Option<string> option, int most)
    {
        var text = line.GetValue(option);
        if (text is null) return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most) return number;
        throw new UsageException($"{option.Name} {text}: expected a whole number from 1 to {most}");
    }

    private static void WriteTable(IReadOnlyList<ClassifyRow> rows, int tuples, Terminal terminal)
    {
        terminal.Out.WriteLine(Machine.Line);
        terminal.Out.WriteLine($"ns a packet, median; {BenchRules.PacketBytes} bytes each, bundles of {PacketSet.BundlePackets}, rules over {tuples} tuple{(tuples == 1 ? "" : "s")}, 1 packet in 10 matches");
        List<string[]> lines = [["engine", "rules", "cold", "touch", "ratio", "hot", "touch", "ratio", "compile ms"]];
        lines.AddRange(rows.Select(r => new[]
        {
            r.Engine, r.Rules.ToString(CultureInfo.InvariantCulture), Time(r.Cold), Time(r.ColdTouch), Time(r.Cold / r.ColdTouch), Time(r.Hot), Time(r.HotTouch), Time(r.Hot / r.HotTouch), Time(r.CompileMilliseconds),
        }));
        foreach (var text in Table.Lines(lines, leftColumns: 1)) terminal.Out.WriteLine(text);
        if (rows.Any(r => r.Engine == "xdp")) terminal.Out.WriteLine("xdp: as the kernel takes the time, the same packet again and again; touch: a program without rules");
    }

    private static string Time(double value) => double.IsNaN(value) ? "-" : value.ToString("0.0", CultureInfo.InvariantCulture);

    internal static string Json(IReadOnlyList<ClassifyRow> rows) =>
        JsonText.Of(new BenchJson<ClassifyRowJson>(Machine.Line, [.. rows.Select(r => r.ToJson())]), JsonShapes.Default.ClassifyJson);
}
