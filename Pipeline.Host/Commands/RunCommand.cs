using System.CommandLine;
using Pipeline.Host.Running;

namespace Pipeline.Host.Commands;

/// <summary><c>pipeline run</c>: runs a pipeline from its source's first packet to its last.</summary>
internal sealed class RunCommand : Verb
{
    private readonly Option<string[]> _read = Values("-r", "FILE", "read this capture (pcap or pcapng, also compressed); - is standard input; several are read one after the other");
    private readonly Option<string> _interface = Value("-i", "IF", "read this interface, as IF, IF:BACKEND or IF:BACKEND:QUEUES: afxdp takes packets from the kernel, afpacket copies them, tap is the other end of a TAP (without BACKEND the routes decide); or its number in `pipeline devices`");
    private readonly Option<string> _direction = Value("-Q", "in|out|inout", "which packets of an interface: those that come in (the default), those that go out, or both");
    private readonly Option<bool> _notPromiscuous = Switch("-p", "do not put the interface into promiscuous mode");
    private readonly Option<string> _simulate = Value("--sim", "PROFILE", "simulate a NIC with imix, small (64 bytes), zipf, elephant or mixed traffic, or with the packets of a capture FILE");
    private readonly Option<string> _seed = Value("--seed", "N", "what simulated traffic follows from; the same seed gives the same packets");
    private readonly Option<string> _rules = Value("--rules", "FILE", "mark packets by the rules in this file");
    private readonly Option<string[]> _config = Values("--config", "FILE", "configuration of routes and consumers; of several, the later lies over the earlier");
    private readonly Option<string> _write = Value("-w", "FILE", "write the packets that match EXPR (all without one) to this capture, compressed if it ends in .gz or .zst; - is standard output");
    private readonly Option<string> _split = Value("--split", "DIR", "write one capture per rule into this folder, and one of unmatched packets");
    private readonly Option<string> _count = Value("-c", "COUNT", "stop after COUNT packets that match EXPR (any without one)");
    private readonly Option<string> _snapLength = Value("-s", "SNAPLEN", "write at most SNAPLEN bytes of a packet, 0 for all; rules see all bytes");
    private readonly Option<string[]> _autostop = Values("-a", "LIMIT", "stop after duration:S seconds, packets:N, a filesize:KB of -w, or files:N of -w; may be repeated");
    private readonly Option<string[]> _rotate = Values("-b", "LIMIT", "go on in a new file at filesize:KB (1 KB = 1000 bytes), after duration:S or packets:N; keep files:N; may be repeated");
    private readonly Option<string> _megabytes = Value("-C", "MB", "go on in a new file at so many millions of bytes, as -b filesize:");
    private readonly Option<string> _seconds = Value("-G", "S", "go on in a new file after so many seconds, as -b duration:");
    private readonly Option<string> _files = Value("-W", "N", "with -C keep the last N files, as -b files:; with -G stop after N, as -a files:");
    private readonly Option<bool> _flushed = Switch("-U", "write packets to -w as they come, not when a buffer is full");
    private readonly Option<string> _filterFile = Value("-F", "FILE", "read EXPR from this file; what follows a # is a comment");

    private readonly Option<string> _replaySpeed = Value("--replay-speed", "N", "N times the original timing; max (the default) for as fast as possible");
    private readonly Option<string> _dashboard = Value("--dashboard", "ADDR:PORT", "show the run at this address while it goes on, port 0 for any free one; or off (the default for files and the simulator; 127.0.0.1:8480 for interfaces)");
    private readonly Option<bool> _readOnly = Switch("--read-only", "the server shows, and refuses every change and every capture");
    private readonly Option<string> _basePath = Value("--base-path", "PATH", "the server has everything below this path, such as /pipeline, for a proxy that serves other things too");
    private readonly PrintSwitches _printing = new();
    private readonly Option<bool> _countsOnly = Switch("--count", "print the number of packets that match EXPR (of all without one) to standard output, and nothing else");
    private readonly Option<bool> _json = Switch("--json", "print the final report to standard output as one JSON object");
    private readonly Option<string> _logFormat = LogFormat.Option();
    private readonly Option<bool> _quiet = Switch("-q", "say nothing but errors");
    private readonly Option<bool> _verbose = Switch("-v", "say more");
    private readonly Option<bool> _noColor = Switch("--no-color", "no colours and no escape sequences");

    private readonly Argument<string[]> _expression = new("EXPR")
    {
        Description = "pcap-filter expression; its words are joined with spaces",
        Arity = ArgumentArity.ZeroOrMore,
    };

    public RunCommand()
        : base("run", "run a pipeline until its source ends, -c or -a is met, or Ctrl-C")
    {
        Option[] options =
        [
            _read, _interface, _direction, _notPromiscuous, _simulate, _seed, _rules, _config, _write, _split, _count, _snapLength, _autostop, _rotate, _megabytes, _seconds, _files, _flushed, _filterFile, _replaySpeed, _dashboard, _readOnly, _basePath,
            .. _printing.All, _countsOnly, _json, _logFormat, _quiet, _verbose, _noColor,
        ];
        foreach (var option in options) Add(option);
        Add(_expression);
    }

    public override bool Runs => true;

    public override IReadOnlyList<(string Command, string Purpose)> Examples =>
    [
        ("pipeline run -r trace.pcapng -w web.pcapng tcp port 443", "keep what matches"),
        ("pipeline run -nr trace.pcap tcp port 443", "look at what matches; with --rules each line ends with mark, rule and route"),
        ("pipeline run -r trace.pcap --count udp port 53", "how many they are"),
        ("pipeline run -r trace.pcap --rules edge.rules --split out", "one capture per rule"),
        ("pipeline run -i eth0:afpacket -w web.pcapng tcp port 443", "the same of an interface; the kernel keeps every packet"),
        ("pipeline run --sim imix -c 1000000 --rules edge.rules --json", "the same without a capture, on a simulated NIC"),
        ("cat trace.pcap.gz | pipeline run -r - --rules edge.rules --json", "count by rule, for a script"),
    ];

    public override Task<int> Execute(ParseResult line, Terminal terminal, Parts parts)
    {
        var flags = FlagsOf(line);
        return new RunSession(flags.NoColor ? terminal with { ErrorIsTerminal = false } : terminal, parts).Execute(flags);
    }

    /// <exception cref="UsageException">A flag's value is wrong, or flags contradict each other.</exception>
    internal RunFlags FlagsOf(ParseResult line)
    {
        LogFormat.Check(line.GetValue(_logFormat));
        var (reads, configurations) = (line.GetValue(_read) ?? [], line.GetValue(_config) ?? []);
        var limits = RunLimits.Read(line.GetValue(_autostop) ?? [], line.GetValue(_rotate) ?? [], line.GetValue(_megabytes), line.GetValue(_seconds), line.GetValue(_files));
        var count = FlagValues.Count("-c", line.GetValue(_count));
        if (count is not null && limits.StopAfterPackets is not null) throw new UsageException("-c and -a packets: say the same; give one of them");
        return new RunFlags
        {
            Read = reads.FirstOrDefault(),
            LaterReads = reads.Skip(1).ToArray(),
            Interface = InterfaceFlag.Read("-i", line.GetValue(_interface)),
            Direction = FlagValues.Direction("-Q", line.GetValue(_direction)),
            IsNotPromiscuous = line.GetValue(_notPromiscuous),
            Simulate = line.GetValue(_simulate),
            Seed = FlagValues.Seed("--seed", line.GetValue(_seed)),
            Rules = line.GetValue(_rules),
            Configuration = configurations.FirstOrDefault(),
            LaterConfigurations = configurations.Skip(1).ToArray(),
            Write = line.GetValue(_write),
            SplitFolder = line.GetValue(_split),
            Expression = ExpressionOf(line),
            Count = count ?? limits.StopAfterPackets,
            SnapLength = FlagValues.SnapLength("-s", line.GetValue(_snapLength)),
            StopAfter = limits.StopAfter,
            Rotate = limits.Rotate,
            IsFlushedAtOnce = line.GetValue(_flushed),
            ReplaySpeed = FlagValues.ReplaySpeed("--replay-speed", line.GetValue(_replaySpeed)),
            Dashboard = FlagValues.Dashboard("--dashboard", line.GetValue(_dashboard)),
            IsReadOnly = line.GetValue(_readOnly),
            BasePath = FlagValues.BasePath("--base-path", line.GetValue(_basePath)),
            Printing = _printing.Read(line),
            CountsOnly = line.GetValue(_countsOnly),
            Json = line.GetValue(_json),
            Quiet = line.GetValue(_quiet),
            Verbose = line.GetValue(_verbose),
            NoColor = line.GetValue(_noColor),
        }.Checked();
    }

    private string? ExpressionOf(ParseResult line)
    {
        var words = Words.Join(line, _expression);
        if (line.GetValue(_filterFile) is not { } file) return words;
        if (words is not null) throw new UsageException("-F reads the expression from a file, and there is another at the end of the line; give one of them");
        return FilterFile.Read("-F", file);
    }
}
