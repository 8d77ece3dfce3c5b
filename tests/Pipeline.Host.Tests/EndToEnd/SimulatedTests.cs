using System.Text.Json;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.EndToEnd;

/// <summary>Whole runs of the program on a simulated NIC, without a capture and without rights.</summary>
public sealed class SimulatedTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("imix")]
    [InlineData("64")]
    [InlineData("elephant")]
    public void A_profile_runs_to_its_count(string profile)
    {
        var result = BuiltProgram.Run("run", "--sim", profile, "-c", "50000", "--json", "-q");

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        using var report = JsonDocument.Parse(result.Output);
        var ledger = report.RootElement.GetProperty("ledger");
        Assert.Equal(50_000, ledger.GetProperty("received").GetProperty("packets").GetInt64());
        Assert.True(ledger.GetProperty("balanced").GetBoolean());
        Assert.Equal(["sim:0", "sim:1", "sim:2", "sim:3"], report.RootElement.GetProperty("queues").EnumerateArray().Select(q => q.GetProperty("name").GetString()));
    }

    [FactThatNeeds(Need.Tshark)]
    public void One_seed_writes_the_same_packets_and_another_does_not()
    {
        var one = Written("one", "7");

        Assert.Equal(one, Written("again", "7"));
        Assert.NotEqual(one, Written("other", "8"));
    }

    [Fact]
    public void A_configured_fault_is_in_the_report()
    {
        File.WriteAllText(_folder["sim.conf"], "pipeline { source { sim { packets = 100000, ring = 64, faults = [ \"stall 2 at 50000 for 1000\" ] } } }");

        var result = BuiltProgram.Run("run", "--config", _folder["sim.conf"], "--json", "-q");

        using var report = JsonDocument.Parse(result.Output);
        var ledger = report.RootElement.GetProperty("ledger");
        var lost = ledger.GetProperty("deviceLost").GetProperty("reasons").GetProperty("ring-full").GetInt64();
        Assert.True(lost > 0);
        Assert.Equal(100_000, lost + ledger.GetProperty("received").GetProperty("packets").GetInt64());
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public void A_run_without_a_count_goes_on_until_it_is_told_to_end()
    {
        var result = BuiltProgram.Run("run", "--sim", "small", "-a", "duration:1", "--json", "-q");

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        Assert.Contains("\"balanced\":true", result.Output);
    }

    [Fact]
    public void What_Akka_logs_is_on_standard_error_from_its_first_line_to_its_last()
    {
        File.WriteAllText(_folder["loud.conf"], "akka { loglevel = DEBUG }");

        var result = BuiltProgram.Run("run", "--config", _folder["loud.conf"], "--sim", "small", "-c", "1000", "-q");

        Assert.Equal((0, ""), (result.ExitCode, result.Output));
        Assert.Contains("ErrorLogger] started", result.Errors);
    }

    [FactThatNeeds(Need.Corpus)]
    public void A_capture_as_a_file_and_on_the_simulated_wire_gives_the_same_counts()
    {
        var capture = Corpus.CapturePath("conv__to-pcapng.pcapng");
        File.WriteAllText(_folder["a.rules"], "rule tcp match 23:ff:06 mark 1\nrule udp match 23:ff:11 mark 2\n");

        Assert.Equal(Counts("-r"), Counts("--sim"));

        string Counts(string flag)
        {
            var result = BuiltProgram.Run("run", flag, capture, "--rules", _folder["a.rules"], "--json", "-q");
            Assert.True(result.ExitCode == 0, result.Errors);
            using var report = JsonDocument.Parse(result.Output);
            var passed = report.RootElement.GetProperty("ledger").GetProperty("passed").GetRawText();
            return report.RootElement.GetProperty("rules").GetRawText() + report.RootElement.GetProperty("unmatched").GetRawText() + passed;
        }
    }

    [TheoryThatNeeds(Need.Libpcap)]
    [InlineData("", true)]
    [InlineData("-w all.pcap", false)]
    [InlineData("--split split", false)]
    [InlineData("-c 20000", false)]
    [InlineData("udp", false)]
    [InlineData("-w udp.pcap udp", false)]
    [InlineData("-c 100 -w some.pcap udp", false)]
    public void The_device_passes_by_itself_what_no_flag_wants_and_nothing_else(string flags, bool passes)
    {
        File.WriteAllText(_folder["a.rules"], "rule tcp match 23:ff:06 mark 1\nrule odd match 29:01:01 mark 2\n");
        var (soft, hard) = (Books("off"), Books("on"));

        Assert.Equal((0, passes), (soft.ByDevice, hard.ByDevice > 0));
        // Which packets make up a count over several queues is not fixed where an expression selects.
        if (!flags.StartsWith("-c 100", StringComparison.Ordinal)) Assert.Equal(soft.Others, hard.Others);

        (long ByDevice, string Others) Books(string offload)
        {
            var source = $"source {{ offload = {offload}, sim {{ profile = mixed, packets = 50000 }} }}";
            File.WriteAllText(_folder["a.conf"], $"pipeline {{ {source}, rules = a.rules, keep-out = {(passes ? "on" : "auto")} }}");
            var words = flags.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            string[] given = [.. words.Select(f => f.Contains('.') || f == "split" ? _folder[offload + f] : f)];
            var result = BuiltProgram.Run(["run", "--config", _folder["a.conf"], "--json", "-q", .. given]);
            Assert.True(result.ExitCode == 0, result.Errors);
            using var report = JsonDocument.Parse(result.Output);
            var (ledger, all) = (report.RootElement.GetProperty("ledger"), report.RootElement);
            var passed = ledger.GetProperty("passed");
            IEnumerable<JsonElement> others =
            [
                .. ((string[])["rules", "guards", "unmatched"]).Select(all.GetProperty),
                .. ((string[])["received", "delivered", "dropped"]).Select(ledger.GetProperty),
                passed.GetProperty("packets"), passed.GetProperty("bytes"),
            ];
            return (passed.GetProperty("byDevice").GetInt64(), string.Join('\n', others.Select(o => o.GetRawText())));
        }
    }

    /// <summary>Packets of several queues are written as they come, so they are put into the order of their times.</summary>
    private string Written(string name, string seed)
    {
        var result = BuiltProgram.Run("run", "--sim", "imix", "-c", "20000", "--seed", seed, "-w", _folder[name + ".pcap"], "-q");
        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Equal(0, Tool.Run("reordercap", _folder[name + ".pcap"], _folder[name + ".sorted"]).ExitCode);
        return Tool.Run("sha256sum", _folder[name + ".sorted"]).Output.Split(' ')[0];
    }
}
