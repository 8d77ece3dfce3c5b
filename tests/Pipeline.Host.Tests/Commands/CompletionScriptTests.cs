using Pipeline.Host.Commands;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.Commands;

public sealed class CompletionScriptTests
{
    private readonly Screen _screen = new();

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task Each_shell_gets_a_script_that_asks_the_program(string shell)
    {
        Assert.Equal(0, await Print(shell));
        Assert.Contains("[suggest:", _screen.Out);
    }

    [Fact]
    public async Task Bash_accepts_its_script()
    {
        await Print("bash");
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["script"], _screen.Out);

        var result = Tool.Run("bash", "-n", folder["script"]);

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
    }

    [Fact]
    public async Task In_bash_the_script_completes_a_long_option()
    {
        await Print("bash");
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["script"], _screen.Out);
        var program = $"pipeline() {{ dotnet '{Path.Combine(AppContext.BaseDirectory, "pipeline.dll")}' \"$@\"; }}";
        var line = "pipeline run --ru";

        var result = Tool.Run(
            "bash",
            "-c",
            $"{program}; source '{folder["script"]}'; COMP_WORDS=({line}); COMP_CWORD=2; COMP_LINE='{line}'; COMP_POINT={line.Length}; _pipeline; echo \"${{COMPREPLY[@]}}\"");

        Assert.Equal("--rules", result.Output.Trim());
    }

    private Task<int> Print(string shell) => new CommandLine(_screen.Terminal, new Parts()).Execute(["completion", shell]);
}
