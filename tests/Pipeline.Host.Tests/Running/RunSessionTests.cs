using System.Net;
using Pipeline.Actors;
using Pipeline.Actors.Configuration;
using Pipeline.Host.Demo;
using Pipeline.Host.Running;
using Pipeline.Host.Server;
using Pipeline.Host.Commands;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Headers;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.Running;

public sealed class RunSessionTests
{
    private static readonly RunFault Broken = new("pcap:0", new CaptureFormatException("x.pcap", 24, "record is cut off"));
    private static readonly RunFault Full = new("capture", new OutputException("out.pcapng", "no space left on device"));
    private static readonly RunFault Closed = new("capture", new OutputException("standard output", "broken pipe", isClosedPipe: true));

    private readonly Screen _screen = new();
    private readonly FakeNic _nic = new(LinkType.Ethernet);
    private PipelineSetup? _setup;

    [Fact]
    public async Task A_clean_run_ends_with_its_report_and_0()
    {
        Assert.Equal(0, await Run(FakeRun.Ended(new RunOutcome(Views.Full, [], false))));
        Assert.StartsWith("100 packets read", _screen.Error);
        Assert.Empty(_screen.Out);
    }

    [Fact]
    public async Task Json_goes_to_standard_output_on_one_line()
    {
        await Run(FakeRun.Ended(), "--json", "-q");

        Assert.StartsWith("{\"schema\":\"pipeline.report/1\"", _screen.Out);
        Assert.Single(_screen.Out.TrimEnd('\n').Split('\n'));
        Assert.Empty(_screen.Error);
    }

    [Fact]
    public async Task A_broken_capture_is_told_after_the_summary_and_ends_with_65()
    {
        Assert.Equal(65, await Run(FakeRun.Ended(Broken)));
        Assert.StartsWith("0 packets read", _screen.Error);
        Assert.EndsWith("error: x.pcap: at byte 24: record is cut off\n", _screen.Error);
    }

    [Fact]
    public async Task A_full_disk_ends_with_74_even_when_quiet()
    {
        Assert.Equal(74, await Run(FakeRun.Ended(Full), "-q"));
        Assert.Equal("error: out.pcapng: no space left on device\n", _screen.Error);
    }

    [Theory]
    [InlineData("no space left on device", false, 74)]
    [InlineData("broken pipe", true, 0)]
    public async Task A_report_that_cannot_be_printed_is_told_after_the_summary(string problem, bool isClosedPipe, int code)
    {
        var terminal = _screen.Terminal with { Out = new BrokenWriter(new OutputException("standard output", problem, isClosedPipe)) };

        Assert.Equal(code, await new CommandLine(terminal, Wired(FakeRun.Ended())).Execute(["run", "-r", "x.pcap", "--json"]));
        Assert.Equal(code != 0, _screen.Error.EndsWith($"error: standard output: {problem}\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_first_of_several_faults_decides() => Assert.Equal(65, await Run(FakeRun.Ended(Closed, Broken, Full)));

    [Fact]
    public async Task A_closed_pipe_ends_quietly_with_the_counts()
    {
        Assert.Equal(0, await Run(FakeRun.Ended(Closed)));
        Assert.Contains("packets read", _screen.Error);
        Assert.DoesNotContain("error", _screen.Error);
    }

    [Fact]
    public async Task An_open_ledger_ends_with_4_whatever_else_went_wrong() =>
        Assert.Equal(4, await Run(FakeRun.Ended(new RunOutcome(Views.Of(new(2, 60), default, default), [Broken], false))));

    [Fact]
    public async Task An_aborted_run_ends_with_130() =>
        Assert.Equal(130, await Run(FakeRun.Ended(new RunOutcome(Views.Empty, [], Aborted: true))));

    [Fact]
    public async Task Limits_and_expression_reach_the_setup()
    {
        await Run(FakeRun.Ended(), "-c", "5", "-a", "duration:3", "tcp", "port", "80");

        Assert.Equal((5, TimeSpan.FromSeconds(3), "tcp port 80"), (_setup!.StopAfterPackets, _setup.StopAfter, _setup.Expression?.Expression));
    }

    [Fact]
    public async Task The_run_is_disposed_whatever_its_end()
    {
        var run = FakeRun.Ended(Broken);

        await Run(run);

        Assert.True(run.Disposed);
    }

    [Fact]
    public async Task Without_a_source_it_says_what_to_do()
    {
        Assert.Equal(2, await Execute(FakeRun.Ended()));
        Assert.Contains("give -r FILE", _screen.Error);
    }

    [Fact]
    public async Task Invalid_rules_end_with_65_before_the_source_is_opened()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["bad.rules"], "rule dns match oops mark 1\nrule web mark\n");
        var opened = false;

        var code = await Execute(FakeRun.Ended(), parts => parts with { OpenSource = _ => throw new InvalidOperationException($"{opened = true}") }, "-r", "x", "--rules", folder["bad.rules"]);

        Assert.Equal((65, false), (code, opened));
        Assert.Contains("bad.rules:1:", _screen.Error);
        Assert.Contains("bad.rules:2:", _screen.Error);
    }

    [Fact]
    public async Task Errors_of_the_configuration_and_of_the_rules_are_told_together()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["bad.rules"], "rule\n");
        var error = Diagnostic.Error(new SourceText("bad.conf", "x"), new TextSpan(0, 1), "unknown key");

        var code = await Execute(
            FakeRun.Ended(), parts => parts with { ReadConfiguration = (_, _) => new ConfigurationResult(null, [error]) }, "-r", "x", "--rules", folder["bad.rules"]);

        Assert.Equal(65, code);
        Assert.Contains("bad.conf:1:1: error: unknown key", _screen.Error);
        Assert.Contains("bad.rules:1:", _screen.Error);
    }

    [Fact]
    public async Task A_missing_rule_file_ends_with_66()
    {
        Assert.Equal(66, await Run(FakeRun.Ended(), "--rules", "absent.rules"));
        Assert.Equal("error: absent.rules: no such file\n", _screen.Error);
    }

    [Fact]
    public async Task An_output_that_cannot_be_created_ends_with_73() =>
        Assert.Equal(73, await Execute(FakeRun.Ended(), parts => parts with { Start = _ => throw new OutputException("out/x", "no such folder") }, "-r", "x"));

    [Fact]
    public async Task A_terminal_as_standard_input_is_refused()
    {
        var screen = new Screen();
        var program = new CommandLine(screen.Terminal with { InIsTerminal = true }, Wired(FakeRun.Ended()));

        Assert.Equal(2, await program.Execute(["run", "-r", "-"]));
    }

    [Fact]
    public async Task A_file_has_no_dashboard_unless_it_is_asked_for()
    {
        var opened = new List<IPEndPoint>();
        Task<IDashboard> Open(IPEndPoint address, DashboardOptions options)
        {
            opened.Add(address);
            return DashboardServer.Start(address, options);
        }

        await Execute(FakeRun.Ended(), parts => parts with { OpenDashboard = Open }, "-r", "x");
        await Execute(FakeRun.Ended(), parts => parts with { OpenDashboard = Open }, "-r", "x", "--dashboard", "off");
        Assert.Empty(opened);

        Assert.Equal(0, await Execute(FakeRun.Ended(), parts => parts with { OpenDashboard = Open }, "-r", "x", "--dashboard", "127.0.0.1:0"));
        Assert.Equal([new IPEndPoint(IPAddress.Loopback, 0)], opened);
        Assert.Contains("dashboard http://127.0.0.1:", _screen.Error);
    }

    [Fact]
    public async Task A_port_in_use_ends_with_1_before_anything_is_started()
    {
        await using var first = await DashboardServer.Start(new IPEndPoint(IPAddress.Loopback, 0), new DashboardOptions());

        Assert.Equal(1, await Run(FakeRun.Ended(), "--dashboard", first.Url[7..]));
        Assert.Contains("the port is in use", _screen.Error);
        Assert.Null(_setup);
        Assert.True(_nic.Disposed);
    }

    [Fact]
    public async Task A_dashboard_for_everybody_without_a_token_ends_with_2_and_says_why()
    {
        Assert.Equal(2, await Run(FakeRun.Ended(), "--dashboard", "0.0.0.0:0"));
        Assert.Contains("open to every machine", _screen.Error);
    }

    [Theory]
    [InlineData("127.0.0.1", 80)]
    [InlineData("::1", 80)]
    [InlineData("::", 80)]
    [InlineData("192.0.2.1", 8480)]
    [InlineData("2001:db8::1", 8480)]
    public async Task Guards_keep_the_address_and_the_port_that_the_dashboard_is_served_at(string address, int port)
    {
        var served = new IPEndPoint(IPAddress.Parse(address), port);
        var options = new PipelineOptions { KeepOut = KeepOut.On, Dashboard = new DashboardOptions { Address = new IPEndPoint(IPAddress.Loopback, 0) } };

        var code = await Execute(
            FakeRun.Ended(),
            parts => parts with
            {
                ReadConfiguration = (_, _) => new ConfigurationResult(options, []),
                OpenDashboard = (_, _) => Task.FromResult<IDashboard>(new ServedElsewhere($"http://{served}")),
            },
            "-r", "x.pcap");

        Assert.Equal(0, code);
        Assert.Equal([served], _setup!.KeepOut!.Dashboard);
    }

    private Task<int> Run(FakeRun run, params string[] flags) => Execute(run, ["-r", "x.pcap", .. flags]);

    private Task<int> Execute(FakeRun run, params string[] flags) => Execute(run, parts => parts, flags);

    private Task<int> Execute(FakeRun run, Func<Parts, Parts> change, params string[] flags) =>
        new CommandLine(_screen.Terminal, change(Wired(run))).Execute(["run", .. flags]);

    private Parts Wired(FakeRun run) => new()
    {
        ReadConfiguration = (_, _) => new ConfigurationResult(new PipelineOptions(), []),
        OpenSource = _ => _nic,
        Start = setup =>
        {
            _setup = setup;
            return run;
        },
    };

    /// <summary>A server by its address only: a test must not need the port to be free.</summary>
    private sealed class ServedElsewhere(string url) : IDashboard
    {
        public string Url => url;

        public void Attach(IRunning run, IDemoPlay? play = null)
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
