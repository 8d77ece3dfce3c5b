using System.Text.Json;
using Pipeline.Host.Commands;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.Checking;

public sealed class ComparingTests : IDisposable
{
    private const string Capture = "conv__to-pcapng.pcapng";
    private const string ToServer = "rule to-server match 30:ffffffff:c0a8000a mark 0x10\n";
    private const string Udp = "rule udp match 12:ffff:0800 23:ff:11 mark 0x20\n";
    private const string Routes = "pipeline { rules = \"old.rules\", routes = [ { mark = 0x10, to = sink } ], consumers { sink { kind = bypass, handler = discard } } }";

    private readonly TemporaryFolder _folder = new();
    private readonly Screen _screen = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Without_a_capture_the_rules_that_differ_are_named()
    {
        Assert.Equal(0, await Check(Write("new.rules", ToServer), "--against", Write("old.rules", Udp)));
        Assert.Equal("rules: 1 added (to-server), 1 removed (udp)\n", _screen.Out);
    }

    [FactThatNeeds(Need.Corpus | Need.Libpcap | Need.Tshark)]
    public async Task The_packets_that_would_go_another_way_are_as_many_as_tshark_counts()
    {
        var arguments = new[] { Write("new.rules", ToServer), "--against", Write("old.rules", Udp), "-r", Corpus.CapturePath(Capture), "--config", Write("edge.conf", Routes), "--json" };

        Assert.Equal(0, await Check(arguments));

        using var json = JsonDocument.Parse(_screen.Out);
        var capture = json.RootElement.GetProperty("capture");
        Assert.Equal(Count("ip.dst == 192.168.0.10"), capture.GetProperty("rerouted").GetProperty("packets").GetInt32());
        Assert.Equal(Count("ip.dst == 192.168.0.253"), capture.GetProperty("remarked").GetProperty("packets").GetInt32());
        Assert.Equal(99, capture.GetProperty("compared").GetProperty("packets").GetInt32());
        Assert.Equal("sink", capture.GetProperty("shifts").EnumerateArray().First(s => s.GetProperty("after").GetProperty("rule").GetString() == "to-server").GetProperty("after").GetProperty("route").GetString());
    }

    [FactThatNeeds(Need.Corpus)]
    public async Task Without_old_rules_those_of_the_configuration_are_meant()
    {
        Write("old.rules", ToServer);

        Assert.Equal(0, await Check(Write("new.rules", ToServer), "--against", "-r", Corpus.CapturePath(Capture), "--config", Write("edge.conf", Routes)));

        Assert.StartsWith("rules: the same rules\n", _screen.Out);
        Assert.Contains("99 packets compared, 0 would go another way", _screen.Out);
    }

    [FactThatNeeds(Need.Corpus)]
    public async Task A_configuration_can_be_the_new_side()
    {
        Write("old.rules", ToServer);

        Assert.Equal(0, await Check(Write("edge.conf", Routes), "--against", Write("none.rules", "# none\n"), "-r", Corpus.CapturePath(Capture)));

        Assert.Contains("stack (unmatched, mark 0x0)  sink (to-server, mark 0x10)", _screen.Out);
    }

    [FactThatNeeds(Need.Corpus)]
    public async Task A_capture_that_breaks_off_is_compared_up_to_there()
    {
        await File.WriteAllBytesAsync(_folder["cut.pcapng"], (await File.ReadAllBytesAsync(Corpus.CapturePath(Capture)))[..^400]);

        Assert.Equal(65, await Check(Write("new.rules", ToServer), "--against", Write("old.rules", Udp), "-r", _folder["cut.pcapng"]));

        Assert.Contains("packets compared", _screen.Out);
        Assert.Contains("at byte", _screen.Error);
    }

    [Fact]
    public async Task Errors_in_either_side_are_told_with_their_place()
    {
        Assert.Equal(65, await Check(Write("new.rules", "rule\n"), "--against", Write("old.rules", "# fine\nrule x\n")));
        Assert.Contains("new.rules:1:", _screen.Error);
        Assert.Contains("old.rules:2:", _screen.Error);
        Assert.Empty(_screen.Out);
    }

    [Fact]
    public async Task A_mark_that_no_route_takes_is_warned_about()
    {
        Assert.Equal(0, await Check(Write("new.rules", Udp), "--against", Write("old.rules", ToServer), "--config", Write("edge.conf", Routes)));
        Assert.Contains("no route takes its mark 0x20", _screen.Error);
    }

    [Theory]
    [InlineData("new.rules", "-r", "x.pcap")]
    [InlineData("new.rules", "--config", "edge.conf")]
    [InlineData("--against", "old.rules", "-r", "x.pcap")]
    [InlineData("edge.conf", "--against")]
    [InlineData("edge.conf", "--against", "old.rules", "--config", "edge.conf")]
    [InlineData("new.rules", "--against", "old.rules", "--rules", "x.rules")]
    public async Task What_does_not_go_together_is_refused(params string[] arguments)
    {
        Write("new.rules", ToServer);
        Write("old.rules", ToServer);
        Write("edge.conf", Routes);

        Assert.Equal(2, await Check([.. arguments.Select(a => a.EndsWith(".rules") || a.EndsWith(".conf") ? _folder[a] : a)]));
    }

    private static int Count(string filter) => Tool.Run("tshark", "-r", Corpus.CapturePath(Capture), "-Y", filter).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length;

    private Task<int> Check(params string[] arguments) => new CommandLine(_screen.Terminal, new Parts()).Execute(["check", .. arguments]);

    private string Write(string name, string text)
    {
        File.WriteAllText(_folder[name], text);
        return _folder[name];
    }
}
