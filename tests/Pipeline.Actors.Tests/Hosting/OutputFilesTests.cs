using Pipeline.Actors.Configuration;
using Pipeline.Actors.Hosting;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Actors.Tests.Hosting;

public sealed class OutputFilesTests : IDisposable
{
    private static readonly RuleSet Dns = RuleParser.Parse(new SourceText("edge.rules", "rule dns match 23:ff:11 mark 1"), out _)!;

    private readonly TemporaryFolder _folder = new();

    public OutputFilesTests() => File.WriteAllText(_folder["in.pcap"], "x");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Writing_over_the_input_is_refused() =>
        Assert.Throws<OutputConflictException>(() => Check(Path.Combine(_folder.FullName, ".", "in.pcap")));

    [Fact]
    public void Writing_over_the_input_through_links_is_refused()
    {
        Directory.CreateSymbolicLink(_folder["folder"], _folder.FullName);
        File.CreateSymbolicLink(_folder["link.pcap"], Path.Combine("folder", "in.pcap"));

        Assert.Throws<OutputConflictException>(() => Check(_folder["link.pcap"]));
    }

    [Fact]
    public void Another_file_is_fine() => Check(_folder["out.pcap"]);

    [Fact]
    public void Standard_input_and_standard_output_are_two_things() => Check("-", read: "-");

    [Fact]
    public void Writing_over_the_rules_is_refused() => Assert.Throws<OutputConflictException>(() => Check(_folder["edge.rules"]));

    [Fact]
    public void Writing_over_the_configuration_is_refused() => Assert.Throws<OutputConflictException>(() => Check(_folder["edge.conf"]));

    [Theory]
    [InlineData("dns.pcapng")]
    [InlineData("unmatched.pcapng")]
    public void Splitting_over_the_input_is_refused(string input) =>
        Assert.Contains(input, Assert.Throws<OutputConflictException>(() => Check(null, _folder.FullName, _folder[input])).Message);

    [Fact]
    public void A_capture_may_be_split_into_its_own_folder() => Check(null, _folder.FullName, _folder["trace.pcapng"]);

    [Fact]
    public void A_file_of_the_split_is_not_written_twice() =>
        Assert.Throws<OutputConflictException>(() => Check(_folder["dns.pcapng"], _folder.FullName));

    private void Check(string? write, string? split = null, string? read = null)
    {
        var options = new PipelineOptions
        {
            Source = new SourceOptions { File = read ?? _folder["in.pcap"] },
            Rules = _folder["edge.rules"],
            Consumers = new ConsumerOptions[]
            {
                new() { Name = "capture", Kind = ConsumerKind.AfPacket, Write = write },
                new() { Name = "split", Kind = ConsumerKind.AfPacket, SplitFolder = split },
            }.ToDictionary(c => c.Name),
        };
        OutputFiles.Check(options, Dns, _folder["edge.conf"]);
    }
}
