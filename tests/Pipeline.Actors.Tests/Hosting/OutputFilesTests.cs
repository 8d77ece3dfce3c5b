using Pipeline.Actors.Configuration;
using Pipeline.Actors.Setup;
using Pipeline.Nic.Devices;
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

    [Theory]
    [InlineData("in.pcap")]
    [InlineData("edge.rules")]
    [InlineData("edge.conf")]
    [InlineData("Handler.dll")]
    [InlineData("Handler.pdb")]
    [InlineData("Handler.deps.json")]
    public void Writing_over_what_is_read_by_another_of_its_names_is_refused(string input)
    {
        Link(input, "other.pcap");

        Assert.Contains("would be overwritten while it is read", Assert.Throws<OutputConflictException>(() => Check(_folder["other.pcap"])).Message);
    }

    [Theory]
    [InlineData("dns.pcapng")]
    [InlineData("unmatched.pcapng")]
    public void Splitting_over_what_is_read_by_another_of_its_names_is_refused(string output)
    {
        Directory.CreateDirectory(_folder["out"]);
        Link("in.pcap", Path.Combine("out", output));

        Assert.Throws<OutputConflictException>(() => Check(null, _folder["out"]));
    }

    [Fact]
    public void Two_names_of_one_file_are_one_output()
    {
        File.WriteAllText(_folder["other.pcap"], "x");
        Directory.CreateDirectory(_folder["out"]);
        Link("other.pcap", "out/dns.pcapng");

        Assert.Contains("two captures", Assert.Throws<OutputConflictException>(() => Check(_folder["other.pcap"], _folder["out"])).Message);
    }

    [Fact]
    public void What_takes_anything_from_anyone_may_be_read_and_written() => Check("/dev/null", read: "/dev/null");

    [Fact]
    public void Rules_that_come_later_are_held_against_the_same_files()
    {
        Directory.CreateDirectory(_folder["out"]);
        Link("in.pcap", "out/dns.pcapng");
        var options = Options(null, _folder["out"], _folder["in.pcap"]);

        Assert.Contains("dns.pcapng", OutputFiles.RefusalOf(Dns, options, OutputFiles.InputsOf(options, [])));
    }

    private void Link(string from, string to)
    {
        if (!File.Exists(_folder[from])) File.WriteAllText(_folder[from], "x");
        Assert.Equal(0, Tool.Run("ln", _folder[from], _folder[to]).ExitCode);
    }

    private void Check(string? write, string? split = null, string? read = null)
    {
        var options = Options(write, split, read);
        OutputFiles.Check(options, Dns, OutputFiles.InputsOf(options, [_folder["edge.conf"]]));
    }

    private PipelineOptions Options(string? write, string? split, string? read) => new()
    {
        Source = new SourceOptions { File = read ?? _folder["in.pcap"] },
        Rules = _folder["edge.rules"],
        Consumers = new ConsumerOptions[]
        {
            new() { Name = "capture", Kind = ConsumerKind.AfPacket, Write = write },
            new() { Name = "split", Kind = ConsumerKind.AfPacket, SplitFolder = split },
            new() { Name = "own", Kind = ConsumerKind.Bypass, Handler = "Own", HandlerAssembly = _folder["Handler.dll"] },
        }.ToDictionary(c => c.Name),
    };
}
