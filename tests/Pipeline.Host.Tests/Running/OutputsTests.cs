using Pipeline.Actors.Configuration;
using Pipeline.Host.Commands;
using Pipeline.Host.Running;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.Running;

public sealed class OutputsTests
{
    [Fact]
    public void Writing_over_the_input_is_refused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["in.pcap"], "x");

        Assert.Throws<UsageException>(() => Check(folder["in.pcap"], Path.Combine(folder.FullName, ".", "in.pcap")));
    }

    [Fact]
    public void Writing_over_the_input_through_links_is_refused()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["in.pcap"], "x");
        Directory.CreateSymbolicLink(folder["folder"], folder.FullName);
        File.CreateSymbolicLink(folder["link.pcap"], Path.Combine("folder", "in.pcap"));

        Assert.Throws<UsageException>(() => Check(folder["in.pcap"], folder["link.pcap"]));
    }

    [Fact]
    public void Another_file_is_fine()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["in.pcap"], "x");

        Check(folder["in.pcap"], folder["out.pcap"]);
        Check("-", "-");
    }

    [Fact]
    public void Packets_are_not_written_to_a_screen() =>
        Assert.Contains("terminal", Assert.Throws<UsageException>(() => Check("in.pcap", "-", outIsTerminal: true)).Message);

    [Fact]
    public void Packets_and_the_report_do_not_share_standard_output() =>
        Assert.Contains("--json", Assert.Throws<UsageException>(() => Check("in.pcap", "-", json: true)).Message);

    [Fact]
    public void Two_captures_do_not_share_standard_output()
    {
        var consumers = new[] { "a", "b" }.ToDictionary(n => n, n => new ConsumerOptions { Name = n, Kind = ConsumerKind.AfPacket, Write = "-" });

        Assert.Throws<UsageException>(() => Outputs.Check(new PipelineOptions { Consumers = consumers }, json: false, outIsTerminal: false));
    }

    [Fact]
    public void Writing_over_the_rules_is_refused()
    {
        using var folder = new TemporaryFolder();

        Assert.Throws<UsageException>(() => CheckFiles(new RunFlags { Rules = folder["edge.rules"], Write = folder["edge.rules"] }));
    }

    [Fact]
    public void Writing_over_the_configuration_is_refused()
    {
        using var folder = new TemporaryFolder();

        Assert.Throws<UsageException>(() => CheckFiles(new RunFlags { Configuration = folder["edge.conf"], Write = folder["edge.conf"] }));
    }

    [Theory]
    [InlineData("dns.pcapng")]
    [InlineData("unmatched.pcapng")]
    public void Splitting_over_the_input_is_refused(string input)
    {
        using var folder = new TemporaryFolder();

        Assert.Contains(input, Assert.Throws<UsageException>(() => CheckFiles(new RunFlags { Read = folder[input], SplitFolder = folder.FullName })).Message);
    }

    [Fact]
    public void A_capture_may_be_split_into_its_own_folder()
    {
        using var folder = new TemporaryFolder();

        CheckFiles(new RunFlags { Read = folder["trace.pcapng"], SplitFolder = folder.FullName });
    }

    [Fact]
    public void A_file_of_the_split_is_not_written_twice()
    {
        using var folder = new TemporaryFolder();

        Assert.Throws<UsageException>(() => CheckFiles(new RunFlags { Write = folder["dns.pcapng"], SplitFolder = folder.FullName }));
    }

    private static void Check(string read, string write, bool json = false, bool outIsTerminal = false)
    {
        var flags = new RunFlags { Read = read, Write = write };
        Outputs.Check(FlagLayer.Apply(new PipelineOptions(), flags), json, outIsTerminal);
        CheckFiles(flags);
    }

    private static void CheckFiles(RunFlags flags)
    {
        var rules = RuleParser.Parse(new SourceText("edge.rules", "rule dns match 23:ff:11 mark 1"), out _)!;
        Outputs.CheckFiles(FlagLayer.Apply(new PipelineOptions(), flags), rules, flags.Configuration);
    }
}
