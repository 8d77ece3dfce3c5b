using System.CommandLine;
using System.Globalization;
using Pipeline.Bench;
using Pipeline.Host.Benching;
using Pipeline.Host.Reports;
using Pipeline.Host.Schema;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Commands;

/// <summary><c>pipeline bench handoff</c>: measures the cost of handing a bundle to another CPU, by its size.</summary>
internal sealed class BenchHandoffCommand : Verb
{
    private const int UsualRounds = 7;
    private const int MostRounds = 1000;
    private const int Singles = 2000;
    private static readonly TimeSpan Load = TimeSpan.FromMilliseconds(30);

    private readonly Option<string> _rounds = Value("--rounds", "N", $"how often everything is measured, in turns (default {UsualRounds})");
    private readonly Option<string> _plot = Value("--plot", "FILE", "draw the curve of nanoseconds a packet as an SVG image");
    private readonly Option<bool> _json = Switch("--json", "print one JSON object");

    public BenchHandoffCommand()
        : base("handoff", "measure what handing bundles of 1 to 256 packets to another CPU costs")
    {
        foreach (var option in (Option[])[_rounds, _plot, _json]) Add(option);
    }

    public override IReadOnlyList<(string Command, string Purpose)> Examples =>
    [
        ("pipeline bench handoff", "the mailbox beside a bare ring, a channel, and a Tell for each packet"),
        ("pipeline bench handoff --plot handoff.svg --json", "the curve as an image, the figures for a script"),
    ];

    public override async Task<int> Execute(ParseResult line, Terminal terminal, Parts parts)
    {
        var rounds = Rounds(line.GetValue(_rounds));
        // Created before the measurement, so that an unwritable place is reported at once.
        var plot = line.GetValue(_plot);
        await using var image = plot is null ? null : new StreamWriter(Create(plot));
        var bench = new HandoffBench(rounds, Load, Singles);
        var rows = await bench.Run(terminal.ErrorIsTerminal ? Show : null, CancellationToken.None);

        if (line.GetValue(_json)) terminal.Out.WriteLine(Json(rows));
        else WriteTable(rows, bench.Placement, rounds, terminal.Out);
        if (image is not null) await image.WriteAsync(HandoffPlot.Of(rows, Machine.Line));
        return ExitCodes.Ok;

        void Show(int done, int all) => terminal.Error.Write(done == all ? "\r        \r" : $"\r{100 * done / all,3} %");
    }

    private int Rounds(string? text) =>
        text is null ? UsualRounds
        : !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var rounds) || rounds == 0 ? throw new UsageException($"{_rounds.Name} {text}: expected a number of rounds, 1 or more")
        : rounds > MostRounds ? throw new UsageException($"{_rounds.Name} {text}: at most {MostRounds}")
        : rounds;

    private static FileStream Create(string path)
    {
        try
        {
            return File.Create(FullPath.Of(path));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new Nic.Consumers.OutputException(path, error.Message);
        }
    }

    private static void WriteTable(IReadOnlyList<HandoffRow> rows, string placement, int rounds, TextWriter text)
    {
        text.WriteLine(Machine.Line);
        text.WriteLine($"{placement}; descriptors of 32 bytes, written and read; median of {rounds} rounds; latency of a bundle that travels alone");
        List<string[]> lines = [["engine", "bundle", "ns/bundle", "ns/packet", "to ring", "p50 us", "p99.9 us", "B/bundle"]];
        var ring = rows.Where(r => r.Engine == "ring").ToDictionary(r => r.Bundle, r => r.NsPerBundle);
        lines.AddRange(rows.OrderBy(r => r.Bundle).Select(r => new[]
        {
            r.Engine, r.Bundle.ToString(CultureInfo.InvariantCulture), Figure(r.NsPerBundle), Figure(r.NsPerPacket), Figure(r.NsPerBundle / ring[r.Bundle]),
            Figure(r.P50Microseconds), Figure(r.P999Microseconds), Figure(r.AllocatedBytesPerBundle),
        }));
        foreach (var tableLine in Table.Lines(lines, leftColumns: 1)) text.WriteLine(tableLine);
    }

    private static string Figure(double value) => value.ToString(value < 10 ? "0.00" : "0", CultureInfo.InvariantCulture);

    private static string Json(IReadOnlyList<HandoffRow> rows) =>
        JsonText.Of(new BenchJson<HandoffRowJson>(Machine.Line, [.. rows.Select(Json)]), JsonShapes.Default.HandoffBenchJson);

    private static HandoffRowJson Json(HandoffRow row) => new(
        row.Engine,
        row.Bundle,
        Math.Round(row.NsPerBundle, 2),
        Math.Round(row.NsPerPacket, 3),
        Math.Round(row.P50Microseconds, 3),
        Math.Round(row.P999Microseconds, 3),
        Math.Round(row.AllocatedBytesPerBundle, 3));
}
