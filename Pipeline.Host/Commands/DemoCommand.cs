using System.CommandLine;
using Pipeline.Host.Demo;
using Pipeline.Host.Running;

namespace Pipeline.Host.Commands;

/// <summary><c>pipeline demo</c>: shows everything at work on a simulated NIC, without privileges, configuration or libpcap.</summary>
internal sealed class DemoCommand : Verb
{
    private readonly Option<string> _dashboard = Value("--dashboard", "ADDR:PORT", "serve the page at this address, or off (default 127.0.0.1:8480, or the next port that is free)");
    private readonly Option<bool> _readOnly = Switch("--read-only", "the server shows, and refuses every change and every capture");
    private readonly Option<string> _basePath = Value("--base-path", "PATH", "the server has everything below this path, such as /pipeline, for a proxy that serves other things too");
    private readonly Option<string> _seed = Value("--seed", "N", "what the traffic follows from; the same seed gives the same packets");
    private readonly Option<string> _count = Value("-c", "COUNT", "stop after COUNT packets");
    private readonly Option<string> _autostop = Value("-a", "duration:S", "stop after S seconds");
    private readonly Option<string> _config = Value("--config", "FILE", "configuration that lies over the demo's own");
    private readonly Option<string> _folder = Value("--folder", "DIR", "keep configuration, rules and captures in this folder; what is there already is used as it is");
    private readonly Option<bool> _noStory = Switch("--no-story", "nothing goes wrong by itself; the Demo menu of the page still does it on order");
    private readonly Option<bool> _print = Switch("--print", "print the configuration and the rules, and run nothing");
    private readonly Option<bool> _json = Switch("--json", "print the final report to standard output as one JSON object");
    private readonly Option<string> _logFormat = LogFormat.Option();
    private readonly Option<bool> _quiet = Switch("-q", "say nothing but errors");
    private readonly Option<bool> _verbose = Switch("-v", "say more");
    private readonly Option<bool> _noColor = Switch("--no-color", "no colours, no escape sequences, and so no table");

    public DemoCommand()
        : base("demo", "show it at work: a simulated NIC, rules, three consumers, a page; needs nothing")
    {
        foreach (var option in (Option[])[_dashboard, _readOnly, _basePath, _seed, _count, _autostop, _config, _folder, _noStory, _print, _json, _logFormat, _quiet, _verbose, _noColor]) Add(option);
    }

    public override bool Runs => true;

    public override IReadOnlyList<(string Command, string Purpose)> Examples =>
    [
        ("pipeline demo", "until Ctrl-C; the page is at http://127.0.0.1:8480"),
        ("pipeline demo --folder try", "the same with files of your own to change: edit try/demo.rules, then `pipeline rules apply try/demo.rules`"),
        ("pipeline demo -a duration:10 --json", "ten seconds, and the report for a script"),
    ];

    public override async Task<int> Execute(ParseResult line, Terminal terminal, Parts parts)
    {
        LogFormat.Check(line.GetValue(_logFormat));
        var flags = FlagsOf(line);
        if (line.GetValue(_print))
        {
            terminal.Out.Write(DemoFolder.Print());
            return ExitCodes.Ok;
        }

        using var folder = new DemoFolder(line.GetValue(_folder));
        if (flags.NoColor) terminal = terminal with { ErrorIsTerminal = false };
        if (!flags.Quiet) terminal.Error.WriteLine($"demo: simulated traffic; rules and captures in {folder.FullName}");
        using var play = new DemoPlay(tellsStory: !line.GetValue(_noStory));
        var code = await new RunSession(terminal, PartsOf(folder, parts) with { Play = play }).Execute(flags);
        if (!flags.Quiet && folder.IsTemporary) terminal.Error.WriteLine($"{folder.FullName} is removed; --folder DIR keeps rules and captures");
        return code;
    }

    private RunFlags FlagsOf(ParseResult line) => new RunFlags
    {
        Seed = FlagValues.Seed("--seed", line.GetValue(_seed)),
        Count = FlagValues.Count("-c", line.GetValue(_count)),
        StopAfter = RunLimits.Duration("-a", line.GetValue(_autostop)),
        Configuration = line.GetValue(_config),
        Dashboard = FlagValues.Dashboard("--dashboard", line.GetValue(_dashboard)),
        IsReadOnly = line.GetValue(_readOnly),
        BasePath = FlagValues.BasePath("--base-path", line.GetValue(_basePath)),
        IsServedUnlessOff = true,
        Json = line.GetValue(_json),
        Quiet = line.GetValue(_quiet),
        Verbose = line.GetValue(_verbose),
        NoColor = line.GetValue(_noColor),
    }.Checked();

    /// <summary>The demo's configuration replaces the machine's; the layers over it are those of every run.</summary>
    private static Parts PartsOf(DemoFolder folder, Parts parts) => parts with
    {
        ReadConfiguration = (files, environment) => parts.ReadStandIn(folder.Configuration, files.Count > 0 ? files[0] : null, environment),
    };
}
