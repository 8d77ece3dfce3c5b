using Pipeline.Host.Commands;
using Xunit;

namespace Pipeline.Host.Tests.Commands;

public sealed class CommandLineTests
{
    private readonly Screen _screen = new();

    [Theory]
    [InlineData("a command is missing")]
    [InlineData("unknown command pat; there are demo, run, check", "pat")]
    [InlineData("-w and --listen: give one of them", "tap", "-w", "x", "--listen", "127.0.0.1:1")]
    [InlineData("--listen 0.0.0.0:57012: every machine that reaches it could read the packets; add --plain", "tap", "--listen", "0.0.0.0:57012")]
    [InlineData("--listen here: expected ADDRESS:PORT", "tap", "--listen", "here")]
    [InlineData("--at rules: expected received, rule:NAME, route:NAME or dropped", "tap", "--at", "rules")]
    [InlineData("-c 0: expected a number of packets", "tap", "-c", "0")]
    [InlineData("-n 0: expected a number of lines", "top", "-n", "0")]
    [InlineData("bench what? there are classify, handoff, live", "bench")]
    [InlineData("bench what? there are classify, handoff, live", "bench", "everything")]
    [InlineData("--rules 0: expected a whole number from 1 to 16777215", "bench", "classify", "--rules", "0")]
    [InlineData("--tuples 9: expected a whole number from 1 to 8", "bench", "classify", "--tuples", "9")]
    [InlineData("--rounds 0: expected a number", "bench", "handoff", "--rounds", "0")]
    [InlineData("bench live what? expected -i IF", "bench", "live")]
    [InlineData("--mode fast: expected native or generic", "bench", "live", "-i", "lo", "--mode", "fast")]
    [InlineData("--seconds 0: expected a whole number from 1 to 3600", "bench", "live", "-i", "lo", "--seconds", "0")]
    [InlineData("--rounds 5000: at most 1000", "bench", "handoff", "--rounds", "5000")]
    [InlineData("rules what? there are list, check, diff, apply, history, rollback, confirm", "rules")]
    [InlineData("consumers what? there are list, pause, resume, close-breaker, restart, scale", "consumers", "everything")]
    [InlineData("which rules? give a FILE, - for standard input, or --empty", "rules", "apply")]
    [InlineData("unknown option -z", "rules", "apply", "-z")]
    [InlineData("-r: packets are tried with --dry-run only", "rules", "apply", "x.rules", "-r", "x.pcap")]
    [InlineData("-r -: standard input has the rules already", "rules", "apply", "-", "--dry-run", "-r", "-")]
    [InlineData("--confirm soon: expected a time such as 90s", "rules", "apply", "x.rules", "--confirm", "soon")]
    [InlineData("--confirm 25h: expected a time such as 90s, 5m or 1h, at most 24 h", "rules", "apply", "x.rules", "--confirm", "25h")]
    [InlineData("--if-generation 0: expected the number of a generation", "rules", "apply", "x.rules", "--if-generation", "0")]
    [InlineData("N first: expected the number of a generation", "rules", "rollback", "first")]
    [InlineData("--text: the JSON has the text in it", "rules", "list", "--text", "--json")]
    [InlineData("N 65: expected a number of instances, 1 to 64", "consumers", "scale", "dns", "65")]
    [InlineData("-n 0: expected a number of lines", "stats", "-n", "0")]
    [InlineData("-i 1ms: expected at least 50ms", "stats", "-i", "1ms")]
    [InlineData("--timeout 0: expected a time", "stats", "--timeout", "0")]
    [InlineData("--node ftp://x: expected where a pipeline's server is", "stats", "--node", "ftp://x")]
    [InlineData("--node: no password goes into an address", "stats", "--node", "http://me:secret@x")]
    [InlineData("unknown command pot", "pot")]
    [InlineData("unknown option --foo", "--foo")]
    [InlineData("unknown command run", "--", "run")]
    [InlineData("-r: its value is missing; expected -r FILE", "run", "-r")]
    [InlineData("-w is given 2 times; expected once", "run", "-w", "a", "-w", "b")]
    [InlineData("-c is given 2 times; expected once", "run", "-c", "3", "-c", "5")]
    [InlineData("unknown option --jsno; did you mean --json?", "devices", "--jsno")]
    [InlineData("unknown option --ruls; did you mean --rules?", "run", "--ruls", "x")]
    [InlineData("unknown command chek; there are demo, run, check, explain, export, rules, consumers, cluster, actors, top, stats, tap, ps, bench, devices, doctor, version, completion, help; did you mean check?", "chek")]
    [InlineData("bench what? there are classify, handoff, live; did you mean classify?", "bench", "clasify")]
    [InlineData("unknown command chek; there are demo", "help", "chek")]
    [InlineData("unknown command aply; there are list, check, diff, apply, history, rollback, confirm; did you mean apply?", "help", "rules", "aply")]
    [InlineData("unknown option -z", "check", "-z")]
    [InlineData("which shell? bash, zsh, fish", "completion")]
    [InlineData("which shell?", "completion", "tcsh")]
    public async Task A_command_line_that_makes_no_sense_ends_with_2(string message, params string[] arguments)
    {
        Assert.Equal(2, await Execute(arguments));
        Assert.StartsWith($"error: {message}", _screen.Error);
        Assert.Contains("--help", _screen.Error);
        Assert.Empty(_screen.Out);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("-h")]
    public async Task Help_lists_the_commands(string flag)
    {
        Assert.Equal(0, await Execute(flag));
        foreach (var name in new[] { "demo", "run", "check", "explain", "export", "rules", "consumers", "top", "stats", "tap", "ps", "bench", "devices", "doctor", "version", "completion" }) Assert.Contains($"\n  {name}", _screen.Out);
    }

    [Theory]
    [InlineData("Commands:", "help")]
    [InlineData(" rules apply [<FILE>] [options]", "help", "rules", "apply")]
    [InlineData("\n  [<FILE>]  a rule file", "help", "rules", "apply")]
    [InlineData(" run [<EXPR>...] [options]", "help", "run")]
    [InlineData("  --against [<OLD>]  ", "check", "--help")]
    public async Task Help_is_asked_for_in_front_too_and_shows_what_may_be_left_out(string expected, params string[] arguments)
    {
        Assert.Equal(0, await Execute(arguments));
        Assert.Contains(expected, _screen.Out);
        Assert.DoesNotContain("[FILE]", _screen.Out);
    }

    [Fact]
    public async Task Help_of_run_shows_examples()
    {
        Assert.Equal(0, await Execute("run", "--help"));
        Assert.Contains("pipeline run -r trace.pcapng -w web.pcapng tcp port 443", _screen.Out);
        Assert.Contains("pipeline run --sim imix", _screen.Out);
        Assert.Contains("pipeline run -i eth0:afpacket", _screen.Out);
    }

    [Theory]
    [InlineData("version")]
    [InlineData("--version")]
    public async Task The_version_is_printed(string argument)
    {
        Assert.Equal(0, await Execute(argument));
        Assert.Matches(@"^pipeline \d+\.\d+\.\d+ \(\.NET ", _screen.Out);
    }

    [Fact]
    public async Task Completion_offers_options_without_odd_aliases()
    {
        Assert.Equal(0, await Execute("[suggest:14]", "pipeline run -"));
        var offered = _screen.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("--rules", offered);
        Assert.DoesNotContain("/?", offered);
        Assert.Contains("--sim", offered);
        Assert.Contains("-Q", offered);
    }

    [Theory]
    [InlineData("pipeline rules ", "apply", "check", "confirm", "diff", "history", "list", "rollback")]
    [InlineData("pipeline rules apply --d", "--dry-run")]
    [InlineData("pipeline consumers s", "scale")]
    public async Task Completion_offers_what_is_under_a_command(string typed, params string[] expected)
    {
        Assert.Equal(0, await Execute($"[suggest:{typed.Length}]", typed));

        Assert.All(expected, e => Assert.Contains(e, _screen.Out.Split('\n')));
    }

    [Fact]
    public async Task An_unforeseen_exception_is_one_line_and_no_stack_trace()
    {
        var parts = new Parts { ReadConfiguration = (_, _) => throw new InvalidOperationException("first\nsecond") };

        Assert.Equal(1, await new CommandLine(_screen.Terminal, parts).Execute(["run", "-r", "x"]));
        Assert.Equal("error: first second\n", _screen.Error);
    }

    [Fact]
    public async Task Nobody_is_told_what_a_failure_is_called_inside()
    {
        var parts = new Parts { ReadConfiguration = (_, _) => throw new InvalidOperationException("odd") };

        await new CommandLine(_screen.Terminal, parts).Execute(["run", "-v", "-r", "x"]);

        Assert.Equal("error: odd\n", _screen.Error);
    }

    private Task<int> Execute(params string[] arguments) => new CommandLine(_screen.Terminal, new Parts()).Execute(arguments);
}
