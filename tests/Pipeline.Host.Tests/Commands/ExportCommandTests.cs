using Pipeline.Host.Commands;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.Commands;

public sealed class ExportCommandTests : IDisposable
{
    private const string Rules = "rule arp match 12:ffff:0806 mark 5\nrule web filter \"tcp port 80\" mark 6\n";

    private readonly TemporaryFolder _folder = new();
    private readonly Screen _screen = new();

    public ExportCommandTests() => File.WriteAllText(_folder["edge.rules"], Rules);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Commands_go_to_standard_output_and_what_is_left_out_to_standard_error()
    {
        Assert.Equal(0, await Export("--rules", _folder["edge.rules"], "--to", "tc-u32", "--interface", "eth7"));
        Assert.Contains("tc filter add dev eth7 ingress", _screen.Out);
        Assert.Contains("edge.rules:2:1: warning: rule 'web' is not exported", _screen.Error);
    }

    [Fact]
    public async Task Strict_is_all_or_nothing()
    {
        Assert.Equal(65, await Export("--rules", _folder["edge.rules"], "--to", "ethtool", "--interface", "eth7", "--strict"));
        Assert.Empty(_screen.Out);
        Assert.Contains("edge.rules:2:1: error: rule 'web' is not exported", _screen.Error);
    }

    [Fact]
    public async Task Strict_prints_what_is_whole()
    {
        File.WriteAllText(_folder["arp.rules"], "rule arp match 12:ffff:0806 mark 5\n");
        Assert.Equal(0, await Export("--rules", _folder["arp.rules"], "--to", "cbpf", "--interface", "eth7", "--strict"));
        Assert.Contains("pipeline_marks='", _screen.Out);
    }

    [Fact]
    public async Task Rules_with_errors_are_not_exported()
    {
        File.WriteAllText(_folder["bad.rules"], "rule\n");
        Assert.Equal(65, await Export("--rules", _folder["bad.rules"], "--to", "cbpf", "--interface", "eth7"));
        Assert.Empty(_screen.Out);
    }

    [Fact]
    public async Task Rules_that_are_not_there_end_with_66() =>
        Assert.Equal(66, await Export("--rules", _folder["absent.rules"], "--to", "cbpf", "--interface", "eth7"));

    [Theory]
    [InlineData("which rules?", "--to", "cbpf", "--interface", "eth0")]
    [InlineData("to what? give --to, one of tc-u32, ethtool, cbpf", "--rules", "x", "--interface", "eth0")]
    [InlineData("--to nft: expected one of tc-u32, ethtool, cbpf", "--rules", "x", "--to", "nft", "--interface", "eth0")]
    [InlineData("for which interface?", "--rules", "x", "--to", "cbpf")]
    [InlineData("--interface 'a;b': expected", "--rules", "x", "--to", "cbpf", "--interface", "a;b")]
    public async Task A_command_that_is_not_whole_is_refused(string message, params string[] arguments)
    {
        Assert.Equal(2, await Export(arguments));
        Assert.StartsWith($"error: {message}", _screen.Error);
    }

    private Task<int> Export(params string[] arguments) => new CommandLine(_screen.Terminal, new Parts()).Execute(["export", .. arguments]);
}
