using System.Net;
using Pipeline.Actors;
using Pipeline.Actors.Configuration;
using Pipeline.Host.Running;
using Pipeline.Host.Server;
using Pipeline.Host.Commands;
using Pipeline.Host.Demo;
using Pipeline.Host.Tests.Running;
using Pipeline.Nic.Headers;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.Demo;

public sealed class DemoTests
{
    private readonly Screen _screen = new();
    private readonly List<IPEndPoint> _opened = [];
    private Dictionary<string, string> _environment = [];
    private DashboardOptions? _served;
    private PipelineSetup? _setup;
    private string? _machineFile;

    [Fact]
    public async Task Print_shows_the_files_of_the_repository_and_runs_nothing()
    {
        Assert.Equal(0, await new CommandLine(_screen.Terminal, new Parts { Start = _ => throw new InvalidOperationException("run") }).Execute(["demo", "--print"]));

        foreach (var file in new[] { "demo.conf", "demo.rules" }) Assert.Contains(File.ReadAllText(Path.Combine(Repository.Root, "hocon", "examples", file)), _screen.Out);
    }

    [Fact]
    public void A_folder_of_its_own_goes_with_it()
    {
        var folder = new DemoFolder(null);
        Assert.True(File.Exists(folder.Configuration));

        folder.Dispose();

        Assert.False(Directory.Exists(folder.FullName));
    }

    [Fact]
    public void A_folder_of_the_users_stays_and_so_does_what_is_in_it()
    {
        using var temporary = new TemporaryFolder();
        Directory.CreateDirectory(temporary["try"]);
        File.WriteAllText(Path.Combine(temporary["try"], "demo.rules"), "# mine\n");

        new DemoFolder(temporary["try"]).Dispose();

        Assert.Equal("# mine\n", File.ReadAllText(Path.Combine(temporary["try"], "demo.rules")));
        Assert.True(File.Exists(Path.Combine(temporary["try"], "demo.conf")));
    }

    [Fact]
    public async Task A_taken_port_that_nobody_asked_for_gives_way_to_the_next()
    {
        Assert.Equal(0, await Execute(isTaken: true));

        Assert.Equal([DashboardOptions.Usual, new IPEndPoint(IPAddress.Loopback, 8481)], _opened);
        Assert.Contains("127.0.0.1:8480 is taken; the dashboard is at port 8481", _screen.Error);
    }

    [Fact]
    public async Task A_quiet_run_says_nothing_of_a_taken_port()
    {
        Assert.Equal(0, await Execute(isTaken: true, "-q"));

        Assert.Equal("", _screen.Error);
    }

    [Fact]
    public async Task Where_all_ports_are_taken_it_goes_on_without_and_says_which()
    {
        _portsTaken = 20;

        Assert.Equal(0, await Execute(isTaken: true));

        Assert.Equal(20, _opened.Count);
        Assert.Contains("warning: 127.0.0.1: all ports from 8480 to 8499 are taken; going on without", _screen.Error);
    }

    [Fact]
    public async Task A_taken_port_that_was_asked_for_ends_with_1() => Assert.Equal(1, await Execute(isTaken: true, "--dashboard", "127.0.0.1:8480"));

    [Fact]
    public async Task No_page_is_served_when_none_is_wanted()
    {
        Assert.Equal(0, await Execute(isTaken: false, "--dashboard", "off"));

        Assert.Empty(_opened);
    }

    [Theory]
    [InlineData("0.0.0.0:0")]
    [InlineData("127.0.0.1:0")]
    public async Task Tokens_of_the_environment_hold_for_the_demo_too(string address)
    {
        _environment = new() { ["PIPELINE__DASHBOARD__READ_TOKEN"] = "look", ["PIPELINE__DASHBOARD__CHANGE_TOKEN"] = "touch", ["PIPELINE__DASHBOARD__PLAIN"] = "yes" };

        Assert.Equal(0, await Execute(isTaken: false, "--dashboard", address));

        Assert.Equal(("look", "touch"), (_served!.ReadToken, _served.ChangeToken));
    }

    [Fact]
    public async Task A_demo_for_others_to_look_at_is_below_a_path_and_changes_nothing()
    {
        Assert.Equal(0, await Execute(isTaken: false, "--dashboard", "127.0.0.1:0", "--read-only", "--base-path", "/lab/"));

        Assert.Equal((true, "/lab"), (_served!.ReadOnly, _served.BasePath));
    }

    [Fact]
    public async Task Beyond_loopback_the_demo_needs_a_token_as_every_run_does()
    {
        Assert.Equal(2, await Execute(isTaken: false, "--dashboard", "0.0.0.0:0"));

        Assert.Contains("PIPELINE__DASHBOARD__READ_TOKEN", _screen.Error);
    }

    [Theory]
    [InlineData("off", null, null)]
    [InlineData("127.0.0.1:9", null, "127.0.0.1:9")]
    [InlineData("127.0.0.1:9", "127.0.0.1:10", "127.0.0.1:10")]
    [InlineData("off", "127.0.0.1:10", "127.0.0.1:10")]
    public async Task The_environment_says_where_the_page_is_and_a_flag_says_it_louder(string address, string? flag, string? opened)
    {
        _environment = new() { ["PIPELINE__DASHBOARD__ADDRESS"] = address };

        Assert.Equal(0, await Execute(isTaken: false, flag is null ? [] : ["--dashboard", flag]));

        Assert.Equal(opened is null ? [] : [IPEndPoint.Parse(opened)], _opened);
    }

    [Fact]
    public async Task A_taken_port_that_the_environment_asked_for_ends_with_1()
    {
        _environment = new() { ["PIPELINE__DASHBOARD__ADDRESS"] = "127.0.0.1:8480" };

        Assert.Equal(1, await Execute(isTaken: true));
    }

    [Fact]
    public async Task The_environment_lies_over_a_configuration_and_that_over_the_demos_own()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["mine.conf"], "pipeline { bundle { packets = 16, latency = 7 us }, source { sim { flows = 256 } } }");
        _environment = new() { ["PIPELINE__BUNDLE__PACKETS"] = "32" };

        Assert.Equal(0, await Execute(isTaken: false, "--config", folder["mine.conf"]));

        var options = _setup!.Options;
        Assert.Equal((32, TimeSpan.FromMicroseconds(7), 4, 256), (options.Bundle.Packets, options.Bundle.Latency, options.Source.Sim!.Queues, options.Source.Sim.Flows));
        Assert.Equal(7, _setup.Rules.Rules.Count);
    }

    [Theory]
    [InlineData("PIPELINE__BUNDLE__PACKETS", "none")]
    [InlineData("PIPELINE__BUNDEL__PACKETS", "32")]
    [InlineData("PIPELINE__DASHBOARD__READ_TOKEN", "")]
    public async Task A_variable_that_is_wrong_ends_the_demo_as_it_ends_a_run(string name, string value)
    {
        _environment = new() { [name] = value };

        Assert.Equal(65, await Execute(isTaken: false));
    }

    [Fact]
    public async Task What_the_machine_is_set_up_for_counts_but_for_its_link()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["machine.conf"], """
            pipeline {
              source { file = "real.pcap" }
              rules = "real.rules"
              routes = [ { to = guests } ]
              consumers { guests { kind = bypass, handler = forward, to = "if:guest0" } }
              dashboard { read-token = look }
            }
            """);
        _machineFile = folder["machine.conf"];

        Assert.Equal(0, await Execute(isTaken: false));

        Assert.Equal("look", _served!.ReadToken);
        Assert.NotNull(_setup!.Options.Source.Sim);
        Assert.DoesNotContain("guests", _setup.Options.Consumers.Keys);
    }

    /// <summary>From the usual one on, if any is.</summary>
    private int _portsTaken = 1;

    private Task<int> Execute(bool isTaken, params string[] flags)
    {
        var parts = new Parts
        {
            ReadStandIn = (own, file, environment) => ConfigurationLoader.LoadStandIn(own, file, environment, _machineFile),
            OpenSource = _ => new FakeNic(LinkType.Ethernet),
            Start = setup =>
            {
                _setup = setup;
                return FakeRun.Ended();
            },
            OpenDashboard = (address, options) =>
            {
                _opened.Add(address);
                _served = options;
                return isTaken && address.Port - DashboardOptions.Usual.Port < _portsTaken ? throw new DashboardException("the port is in use", isTaken: true) : DashboardServer.Start(new IPEndPoint(address.Address, 0), options);
            },
        };
        return new CommandLine(_screen.Terminal with { Environment = _environment }, parts).Execute(["demo", .. flags]);
    }
}
