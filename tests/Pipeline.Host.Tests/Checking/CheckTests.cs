using System.Text.Json;
using Pipeline.Host.Commands;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.Checking;

public sealed class CheckTests : IDisposable
{
    private const string NoSockets = "keep-out: not in force own (only a source that takes packets in the kernel can ask for their sockets)\n";

    private readonly TemporaryFolder _folder = new();
    private readonly Screen _screen = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_rules_that_a_configuration_names_are_checked_with_it()
    {
        Write("edge.rules", "rule\n");
        var configuration = Write("edge.conf", "pipeline { rules = \"edge.rules\" }");

        Assert.Equal(65, await Check(configuration));
        Assert.Contains("edge.rules:1:", _screen.Error);
    }

    [Fact]
    public async Task Rules_that_are_not_there_are_an_error_where_they_are_named()
    {
        Assert.Equal(65, await Check(Write("edge.conf", "pipeline {\n  rules = absent.rules\n}")));
        Assert.Contains("edge.conf:2:11: error:", _screen.Error);
    }

    [Fact]
    public async Task Rules_given_beside_a_configuration_take_the_place_of_its_own()
    {
        var configuration = Write("edge.conf", "pipeline { rules = absent.rules }");

        Assert.Equal(0, await Check(configuration, "--rules", Write("other.rules", "rule ip match 12:ffff:0800 mark 1\n")));
    }

    [Fact]
    public async Task Guards_in_force_and_lifted_ones_are_told()
    {
        Write("edge.rules", "keep-out off nd\nkeep-out off ssh\n");

        Assert.Equal(0, await Check(Write("edge.conf", "pipeline {\n  rules = \"edge.rules\"\n  keep-out = on\n  dashboard { address = \"0.0.0.0:8480\" }\n}")));

        Assert.Equal("keep-out: arp, icmp-errors, dhcp, l2-control, dashboard (port 8480)\nkeep-out: lifted nd, ssh\n" + NoSockets, _screen.Out);
    }

    [Theory]
    [InlineData("overload", "edge.conf:3:12: warning: the route to c fails open: beyond its share, later packets go to the normal stack unseen")]
    [InlineData("on-failure", "edge.conf:3:47: warning: this route fails open: while no instance takes packets, they go to the normal stack unseen")]
    public async Task A_route_that_fails_open_is_warned_of_where_packets_are_taken(string key, string warning)
    {
        var file = Write("edge.conf", $"pipeline {{\n  source {{ interface = x, backend = afxdp }}\n  routes = [ {{ mark = 1, to = c, {key} = to-stack }} ]\n  consumers {{ c {{ kind = bypass, handler = count }} }}\n}}");

        Assert.Equal(0, await Check(file));

        Assert.Contains(warning, _screen.Error);
    }

    [Theory]
    [InlineData("", "are still taken from the interface and delivered, counted as late: there is no way back to the normal stack; expected `to = \"tap:NAME\"` on the consumer stack")]
    [InlineData("stack { kind = stack, to = \"tap:back0\" }", "are still taken from the interface, and go to the normal stack by way of tap:back0")]
    public async Task Where_packets_are_taken_it_is_said_how_released_flows_get_back(string stack, string words)
    {
        var file = Write("edge.conf", $"pipeline {{\n  source {{ interface = x, backend = afxdp }}\n  routes = [ {{ mark = 1, to = c, release = stack }} ]\n  consumers {{ c {{ kind = bypass, handler = count, release-after {{ packets = 9 }} }}, {stack} }}\n}}");

        Assert.Equal(0, await Check(file));

        Assert.Contains($"warning: flows that c releases {words}", _screen.Error);
    }

    [Fact]
    public async Task A_guard_that_is_lifted_is_not_said_to_be_missing()
    {
        Write("edge.rules", "keep-out off own\n");

        Assert.Equal(0, await Check(Write("edge.conf", "pipeline {\n  rules = \"edge.rules\"\n  keep-out = on\n}")));

        Assert.DoesNotContain("own", _screen.Out);
    }

    [Theory]
    [InlineData("10.1.2.3:8480", "l2-control, dashboard (10.1.2.3:8480)")]
    [InlineData("127.0.0.1:8480", "l2-control")]
    public async Task A_dashboard_is_guarded_at_its_address_and_not_on_the_loopback(string address, string last)
    {
        Write("edge.rules", "keep-out off ssh\n");

        Assert.Equal(0, await Check(Write("edge.conf", $"pipeline {{\n  rules = \"edge.rules\"\n  keep-out = on\n  dashboard {{ address = \"{address}\" }}\n}}")));

        Assert.StartsWith($"keep-out: arp, nd, icmp-errors, dhcp, {last}\n", _screen.Out);
    }

    [Fact]
    public async Task Where_no_guards_are_in_force_nothing_is_told_of_them()
    {
        Assert.Equal(0, await Check(Write("edge.conf", "pipeline { }")));
        Assert.Equal("", _screen.Out);
    }

    [Fact]
    public async Task A_copied_interface_needs_no_guards_and_that_is_told()
    {
        Assert.Equal(0, await Check(Write("edge.conf", "pipeline { source { interface = eth0 } }")));
        Assert.Equal("keep-out: not in force; the packets are copies, and the normal stack gets every one of them\n", _screen.Out);
    }

    [Fact]
    public async Task A_mode_is_an_error_where_the_routes_choose_a_backend_that_has_none()
    {
        Assert.Equal(65, await Check(Write("edge.conf", "pipeline {\n  source { interface = eth0, mode = native }\n}")));
        Assert.Contains("edge.conf:2:37: error: afpacket attaches no program", _screen.Error);
    }

    [FactThatNeeds(Need.Libpcap)]
    public async Task A_consumers_filter_is_tried_with_libpcap()
    {
        var configuration = Write("edge.conf", """
            pipeline {
              routes = [ { to = web } ]
              consumers { web { kind = af_packet, write = "web.pcapng", filter = "tcp prt 80" } }
            }
            """);

        Assert.Equal(65, await Check(configuration));
        Assert.Contains("edge.conf:3:70: error:", _screen.Error);
        Assert.EndsWith("1 error, 0 warnings\n", _screen.Error);
    }

    [FactThatNeeds(Need.Libpcap)]
    public async Task A_filter_that_tcpdump_takes_is_taken() =>
        Assert.Equal(0, await Check(Write("edge.rules", "rule b filter \"ip broadcast or udp port 67\" mark 1\n")));

    [Fact]
    public async Task Warnings_alone_are_no_failure()
    {
        Assert.Equal(0, await Check(Write("edge.rules", "rule never match 12:ff00:0001 mark 1\n")));
        Assert.EndsWith("0 errors, 1 warning\n", _screen.Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# rule dns match 36:ffff:0035 mark 0x10\n")]
    public async Task Rules_without_a_rule_are_warned_about(string text)
    {
        Assert.Equal(0, await Check(Write("edge.rules", text)));

        Assert.Contains("edge.rules:1:1: warning: there is no rule in this text; no packet gets a mark", _screen.Error);
    }

    [Fact]
    public async Task Rules_out_of_a_pipe_are_read_once_and_whole()
    {
        Assert.Equal(0, Tool.Run("mkfifo", _folder["pipe"]).ExitCode);
        var writing = Task.Run(() => File.WriteAllText(_folder["pipe"], "rule never match 12:ff00:0001 mark 1\n"));

        Assert.Equal(0, await Check(_folder["pipe"]));

        Assert.EndsWith("0 errors, 1 warning\n", _screen.Error);
        await writing;
    }

    [Theory]
    [InlineData("/dev/zero")]
    [InlineData("/dev/urandom")]
    public async Task A_device_without_end_is_not_read_as_rules(string device)
    {
        Assert.Equal(65, await Check(device));

        Assert.Contains("is not text", _screen.Error);
    }

    [Fact]
    public async Task Json_has_the_place_of_each_finding()
    {
        Assert.Equal(65, await Check(Write("edge.rules", "# first\nrule\n"), "--json"));

        using var json = JsonDocument.Parse(_screen.Out);
        var finding = json.RootElement.GetProperty("diagnostics")[0];
        Assert.Equal(("error", 2), (finding.GetProperty("severity").GetString(), finding.GetProperty("line").GetInt32()));
        Assert.Equal(1, json.RootElement.GetProperty("errors").GetInt32());
        Assert.Empty(_screen.Error);
    }

    [Fact]
    public async Task A_file_that_is_not_there_ends_with_66() => Assert.Equal(66, await Check(_folder["absent.rules"]));

    [FactThatNeeds(Need.Libpcap)]
    public async Task Bad_filters_are_told_beside_bad_terms_in_the_order_of_the_text()
    {
        Assert.Equal(65, await Check(Write("edge.rules", "rule a filter \"tcp prt 80\" mark 1\nrule b match 12:fff:0800 mark 1\nrule c filter \"udp prt 53\" mark 1\nrule d match 12:ffff:0800 mark 1\n")));

        var lines = _screen.Error.Split('\n').Where(l => l.Contains(": error: ")).Select(l => l[(_folder["edge.rules"].Length + 1)..].Split(':')[0]);
        Assert.Equal(["1", "2", "3"], lines);
        Assert.EndsWith($"checked {_folder["edge.rules"]}: 3 rules, 2 of them with a filter\n3 errors, 0 warnings\n", _screen.Error);
    }

    [FactThatNeeds(Need.Libpcap)]
    public async Task The_errors_of_a_configuration_do_not_hide_those_of_its_filters_and_its_rules()
    {
        Write("edge.rules", "rule\n");
        var configuration = Write("edge.conf", """
            pipeline {
              rules = "edge.rules"
              drain = soon
              routes = [ { to = web } ]
              consumers { web { kind = af_packet, write = "web.pcapng", filter = "tcp prt 80" } }
            }
            """);

        Assert.Equal(65, await Check(configuration));

        Assert.Contains("edge.conf:3:11: error: `drain` is `soon`", _screen.Error);
        Assert.Contains("edge.conf:5:70: error:", _screen.Error);
        Assert.Contains("edge.rules:1:", _screen.Error);
        Assert.EndsWith("3 errors, 0 warnings\n", _screen.Error);
    }

    [Fact]
    public async Task It_says_what_it_looked_at()
    {
        Write("edge.rules", "rule ip match 12:ffff:0800 mark 1\n");

        Assert.Equal(0, await Check(Write("edge.conf", "pipeline { rules = \"edge.rules\" }")));

        Assert.Equal($"checked {_folder["edge.conf"]}: 0 routes, 0 consumers\nchecked {_folder["edge.rules"]}: 1 rule\n0 errors, 0 warnings\n", _screen.Error);
    }

    [Fact]
    public async Task Several_files_are_checked_each_by_itself()
    {
        var (rules, more, configuration) = (Write("a.rules", "rule\n"), Write("b.rules", "rule ip match 12:ffff:0800 mark 1\n"), Write("c.conf", "pipeline { drian = 1 s }"));

        Assert.Equal(65, await Check(rules, more, configuration));

        Assert.Contains("a.rules:1:", _screen.Error);
        Assert.Contains("c.conf:1:12: error: unknown key `drian`", _screen.Error);
        Assert.EndsWith("2 errors, 0 warnings\n", _screen.Error);
    }

    [Fact]
    public async Task A_file_that_is_not_there_hides_nothing_of_the_others()
    {
        Assert.Equal(66, await Check(_folder["absent.rules"], Write("a.rules", "rule\n")));

        Assert.Contains("a.rules:1:", _screen.Error);
        Assert.EndsWith($"error: {_folder["absent.rules"]}: no such file\n", _screen.Error);
    }

    [Fact]
    public async Task A_script_gets_what_was_looked_at()
    {
        Assert.Equal(0, await Check(Write("b.rules", "rule ip match 12:ffff:0800 mark 1\n"), "--json"));

        using var json = JsonDocument.Parse(_screen.Out);
        var looked = json.RootElement.GetProperty("checked")[0];
        Assert.Equal((_folder["b.rules"], "rules", 1), (looked.GetProperty("file").GetString(), looked.GetProperty("kind").GetString(), looked.GetProperty("rules").GetInt32()));
    }

    private Task<int> Check(params string[] arguments) => new CommandLine(_screen.Terminal, new Parts()).Execute(["check", .. arguments]);

    private string Write(string name, string text)
    {
        File.WriteAllText(_folder[name], text);
        return _folder[name];
    }
}
