using Pipeline.Actors.Configuration;
using Pipeline.Host.Commands;
using Pipeline.Host.Running;
using Xunit;

namespace Pipeline.Host.Tests.Running;

public sealed class OutputsTests
{
    [Fact]
    public void Files_and_one_standard_output_are_fine()
    {
        Check("in.pcap", "out.pcap", json: true, outIsTerminal: true);
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
    public void Packets_are_not_both_written_and_printed_to_standard_output()
    {
        var flags = new RunFlags { Read = "x", Write = "-", Printing = new PrintFlags { IsAskedFor = true } };

        var error = Assert.Throws<UsageException>(() => Outputs.Check(FlagLayer.Apply(new PipelineOptions(), flags), json: false, outIsTerminal: false));

        Assert.StartsWith("--print prints packets to standard output", error.Message);
    }

    private static void Check(string read, string write, bool json = false, bool outIsTerminal = false) =>
        Outputs.Check(FlagLayer.Apply(new PipelineOptions(), new RunFlags { Read = read, Write = write }), json, outIsTerminal);
}
