using System.CommandLine;
using System.Globalization;
using Pipeline.Host.Benching;
using Pipeline.Host.Reports;
using Pipeline.Host.Running;
using Pipeline.Host.Schema;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.AfXdp;

namespace Pipeline.Host.Commands;

/// <summary><c>pipeline bench live</c>: measures what reading an interface costs, without rules and consumers.</summary>
internal sealed class BenchLiveCommand : Verb
{
    private const int MostSeconds = 3600;
    private const int MostCpu = 8191;

    private readonly Option<string> _interface = Value("-i", "IF", "the interface, as run -i takes it: IF, IF:BACKEND or IF:BACKEND:QUEUES (without BACKEND: afpacket)");
    private readonly Option<string> _mode = Value("--mode", "MODE", "where afxdp takes packets: native or generic (without it native where the driver has it)");
    private readonly Option<string> _seconds = Value("--seconds", "S", "how long to read (default 10)");
    private readonly Option<string> _cpu = Value("--cpu", "N", "keep the first queue's reader on CPU N, the next on N+1, ... (without it anywhere)");
    private readonly Option<bool> _json = Switch("--json", "print one JSON object");

    public BenchLiveCommand()
        : base("live", "measure what a packet of an interface costs to read, with nothing behind the device")
    {
        foreach (var option in (Option[])[_interface, _mode, _seconds, _cpu, _json]) Add(option);
    }

    public override IReadOnlyList<(string Command, string Purpose)> Examples =>
    [
        ("pipeline bench live -i eth0", "ten seconds of copies by AF_PACKET"),
        ("pipeline bench live -i veth1:afxdp --mode native --json", "everything but what this machine needs, taken by XDP"),
    ];

    public override Task<int> Execute(ParseResult line, Terminal terminal, Parts parts)
    {
        var source = Source(line, parts);
        var (seconds, cpu) = (Number(line, _seconds, 1, MostSeconds) ?? 10, Number(line, _cpu, 0, MostCpu));
        foreach (var words in InterfaceStart.Check(source, parts.ReadInterfaces())) terminal.Error.WriteLine(words);
        var readers = new LiveBench(source).Run(TimeSpan.FromSeconds(seconds), cpu, CancellationToken.None);
        if (line.GetValue(_json)) terminal.Out.WriteLine(JsonText.Of(new BenchJson<LiveRowJson>(Machine.Line, [.. readers.Select(Row)]), JsonShapes.Default.LiveBenchJson));
        else WriteTable(readers, terminal.Out);
        return Task.FromResult(ExitCodes.Ok);
    }

    private SourceOptions Source(ParseResult line, Parts parts)
    {
        var flag = InterfaceFlag.Read("-i", line.GetValue(_interface)) ?? throw new UsageException("bench live what? expected -i IF");
        var mode = line.GetValue(_mode) switch
        {
            null => (XdpMode?)null,
            "native" => XdpMode.Native,
            "generic" => XdpMode.Generic,
            var other => throw new UsageException($"{_mode.Name} {other}: expected native or generic"),
        };
        var source = new SourceOptions
        {
            Interface = InterfaceStart.NameOf(flag.Name, parts.ReadInterfaces), Backend = flag.Backend ?? Backends.NameThatCopies, Queues = flag.Queues, Mode = mode,
        };
        foreach (var problem in source.Check()) throw new UsageException(problem.Message);
        return source;
    }

    private static int? Number(ParseResult line, Option<string> option, int least, int most)
    {
        if (line.GetValue(option) is not { } text) return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        throw new UsageException($"{option.Name} {text}: expected a whole number from {least} to {most}");
    }

    private static LiveRowJson Row(LiveReader reader) => new(
        reader.Name, reader.Received.Packets, reader.Received.Bytes, reader.BundleCount, reader.Sleeps, Math.Round(reader.Wall.TotalSeconds, 3),
        Math.Round(reader.Cpu.TotalSeconds, 6), NsPerPacket(reader) is { } ns ? Math.Round(ns, 1) : null, reader.Lost);

    private static double? NsPerPacket(LiveReader reader) => reader.Received.Packets == 0 ? null : reader.Cpu.TotalNanoseconds / reader.Received.Packets;

    private static void WriteTable(IReadOnlyList<LiveReader> readers, TextWriter to)
    {
        to.WriteLine(Machine.Line);
        List<string[]> lines = [["queue", "packets", "packets/s", "CPU ns/packet", "packets/bundle", "sleeps", "lost"]];
        lines.AddRange(readers.Select(r => new[]
        {
            r.Name,
            r.Received.Packets.ToString(CultureInfo.InvariantCulture),
            Rounded(r.Received.Packets / Math.Max(r.Wall.TotalSeconds, double.Epsilon)),
            NsPerPacket(r) is { } ns ? ns.ToString("0.0", CultureInfo.InvariantCulture) : "-",
            r.BundleCount == 0 ? "-" : ((double)r.Received.Packets / r.BundleCount).ToString("0.0", CultureInfo.InvariantCulture),
            r.Sleeps.ToString(CultureInfo.InvariantCulture),
            r.Lost.Count == 0 ? "0" : string.Join(", ", r.Lost.Select(l => $"{l.Value} {l.Key}")),
        }));
        foreach (var text in Table.Lines(lines, leftColumns: 1)) to.WriteLine(text);
    }

    private static string Rounded(double value) => double.IsFinite(value) ? value.ToString("0", CultureInfo.InvariantCulture) : "-";
}
