using System.Text.Json;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.EndToEnd;

/// <summary>What a handler can do to the program it runs in, and what is left of the run.</summary>
public sealed class FaultyHandlerTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Exceptions_on_threads_of_its_own_cost_the_handler_and_not_the_program()
    {
        var result = Run("ThrowsElsewhere");

        Assert.True(result.ExitCode == 0, result.Errors);
        Assert.Contains("(on a thread of its own)", result.Errors);
        Assert.Contains("delivered 100000 + passed 0 + dropped 0 + in flight 0, balanced", result.Errors);
        Assert.DoesNotContain("Unhandled exception", result.Errors);
    }

    [Fact]
    public void One_that_never_opened_ends_with_1_and_both_reports_say_so()
    {
        var result = Run("NeverOpens", "--json");

        Assert.True(result.ExitCode == 1, result.Errors);
        Assert.Contains("error: h: never opened: FormatException: ", result.Errors);
        using var report = JsonDocument.Parse(result.Output);
        var consumer = report.RootElement.GetProperty("consumers").EnumerateArray().Single(c => c.GetProperty("name").GetString() == "h");
        Assert.StartsWith("never opened: FormatException: ", consumer.GetProperty("failure").GetString());
        Assert.True(report.RootElement.GetProperty("ledger").GetProperty("balanced").GetBoolean());
    }

    [Fact]
    public void One_that_ends_the_process_leaves_a_report_and_no_success()
    {
        var result = Run("Exits");

        Assert.True(result.ExitCode != 0, result.Errors);
        Assert.Contains("in flight 0, balanced", result.Errors);
        Assert.Contains("error: the process was ended from inside", result.Errors);
    }

    [Theory]
    [InlineData("drain = 10 ms", 1, 1)]
    [InlineData("drain = 1 h", 2, 130)]
    public async Task One_that_hangs_is_left_behind(string drain, int signals, int code)
    {
        Configure("Hangs", drain);
        using var run = RunningProgram.Start("run", "--sim", "imix", "--dashboard", "off", "--config", _folder["t.conf"]);
        await run.LineWith("hanging");
        run.Signal("TERM");
        if (signals == 2)
        {
            await run.LineWith("draining");
            run.Signal("TERM");
        }

        var (ended, rest) = await run.End();

        Assert.True(ended == code, rest);
        Assert.DoesNotContain("NOT BALANCED", rest);
        if (code == 1) Assert.Matches("drain cut after 0.01 s: [0-9]+ packets dropped \\(shutdown\\); h-0 did not come back", rest);
        else Assert.DoesNotContain("error", rest);
    }

    /// <summary>Nobody reads what it writes, so it hangs in the kernel.</summary>
    [Fact]
    public async Task An_output_that_nobody_reads_ends_at_the_second_signal()
    {
        using var run = RunningProgram.Start("run", "--sim", "imix", "--dashboard", "off", "-v", "-w", "-");
        await run.LineWith("delivery");
        run.Signal("TERM");
        await run.LineWith("draining");
        run.Signal("TERM");

        var (ended, rest) = await run.End();

        // The report is printed where the second that there is suffices for it.
        Assert.True(ended == 130, rest);
        Assert.DoesNotContain("NOT BALANCED", rest);
        Assert.DoesNotContain("error", rest);
    }

    private Tool.Result Run(string handler, params string[] more)
    {
        Configure(handler, "");
        return BuiltProgram.Run(["run", "--sim", "imix", "-c", "100000", "--config", _folder["t.conf"], .. more]);
    }

    private void Configure(string handler, string more) => File.WriteAllText(_folder["t.conf"], $$"""
        pipeline { {{more}}
          routes = [ { to = h } ], consumers { h { kind = bypass, handler = "{{typeof(FaultyHandlers).FullName}}+{{handler}}, {{typeof(FaultyHandlers).Assembly.Location}}" } } }
        """);
}
