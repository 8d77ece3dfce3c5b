using System.Text.Json;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.EndToEnd;

/// <summary>Printing and counting as users do it, beside tcpdump.</summary>
public sealed class PrintTests : IDisposable
{
    private const string Capture = "conv__to-pcapng.pcapng";

    private static readonly string Path = Corpus.CapturePath(Capture);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [FactThatNeeds(Need.Corpus | Need.Tcpdump)]
    public void An_expression_alone_prints_what_tcpdump_prints_at_the_same_times()
    {
        var ours = BuiltProgram.Run("run", "-r", Path, "tcp");
        var theirs = Tool.Run("tcpdump", "-n", "-r", Path, "tcp");

        Assert.Equal(0, ours.ExitCode);
        Assert.Equal(Starts(theirs.Output), Starts(ours.Output));
        Assert.Contains("packets read", ours.Errors);
    }

    [FactThatNeeds(Need.Corpus | Need.Tcpdump)]
    public void Bytes_are_printed_as_tcpdump_prints_them()
    {
        var ours = BuiltProgram.Run("run", "-X", "-q", "-r", Path, "-c", "50", "tcp");
        var theirs = Tool.Run("tcpdump", "-n", "-X", "-r", Path, "-c", "50", "tcp");

        Assert.Equal(Rows(theirs.Output), Rows(ours.Output));
    }

    [FactThatNeeds(Need.Corpus | Need.Libpcap)]
    public void Counting_prints_the_number_and_nothing_else()
    {
        var count = Corpus.Table("filters.tsv").Single(r => r["file"] == Capture && r["expr"] == "tcp")["count"];

        var result = BuiltProgram.Run("run", "-r", Path, "--count", "tcp");

        Assert.Equal((0, count + "\n", ""), (result.ExitCode, result.Output, result.Errors));
    }

    [FactThatNeeds(Need.Corpus | Need.Libpcap)]
    public void The_report_says_what_was_selected_and_is_beside_the_packets_on_standard_error()
    {
        var count = Corpus.Table("filters.tsv").Single(r => r["file"] == Capture && r["expr"] == "tcp")["count"];

        var result = BuiltProgram.Run("run", "-r", Path, "--json", "--print", "tcp");

        using var report = JsonDocument.Parse(result.Errors);
        Assert.Equal(count, report.RootElement.GetProperty("selected").GetProperty("packets").GetRawText());
        Assert.Equal(count, $"{result.Output.Count(c => c == '\n')}");
        Assert.True(report.RootElement.GetProperty("ledger").GetProperty("balanced").GetBoolean());
    }

    [FactThatNeeds(Need.Corpus | Need.Tcpdump)]
    public void Packets_are_printed_and_written()
    {
        var result = BuiltProgram.Run("run", "-q", "-r", Path, "--print", "-w", _folder["tcp.pcap"], "tcp");

        Assert.Equal(Tool.Run("tcpdump", "-n", "-r", _folder["tcp.pcap"]).Output.Count(c => c == '\n'), result.Output.Count(c => c == '\n'));
    }

    [FactThatNeeds(Need.Corpus)]
    public void Whoever_saw_enough_is_told_nothing_more()
    {
        var result = BuiltProgram.Shell($"set -o pipefail; for i in 1 2 3 4 5 6 7 8; do printf -- '-r\\0%s\\0' '{Path}'; done | xargs -0 dotnet '{BuiltProgram.Path}' run -n | head -n 1");

        Assert.Equal((0, "", 1), (result.ExitCode, result.Errors, result.Output.Count(c => c == '\n')));
    }

    [FactThatNeeds(Need.Corpus)]
    public void Mark_rule_and_route_are_at_the_end_of_each_line()
    {
        File.WriteAllText(_folder["edge.rules"], "rule tcp match 12:ffff:0800 23:ff:06 mark 0x10\n");

        var result = BuiltProgram.Run("run", "-nqr", Path, "--rules", _folder["edge.rules"]);

        Assert.All(result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries), l => Assert.Matches(@" \| mark 0x(10 rule tcp|0 rule unmatched) route stack$", l));
    }

    [FactThatNeeds(Need.Corpus)]
    public void Several_captures_are_read_one_after_the_other()
    {
        var once = BuiltProgram.Run("run", "-nqr", Path).Output;

        Assert.Equal(once + once + once, BuiltProgram.Run("run", "-nq", "-r", Path, "-r", Path, "-r", Path).Output);
    }

    [FactThatNeeds(Need.Corpus)]
    public void A_capture_that_is_no_capture_ends_the_run_after_those_before_it()
    {
        File.WriteAllText(_folder["no.pcap"], "this is no capture at all");

        var result = BuiltProgram.Run("run", "-r", Path, "-r", _folder["no.pcap"], "--count");

        Assert.Equal(65, result.ExitCode);
        Assert.Equal(BuiltProgram.Run("run", "-r", Path, "--count").Output, result.Output);
        Assert.Contains("no.pcap", result.Errors);
    }

    [FactThatNeeds(Need.Corpus)]
    public void A_run_ends_when_its_last_file_is_full()
    {
        var result = BuiltProgram.Run("run", "-q", "-r", Path, "-w", _folder["x.pcap"], "-b", "packets:3", "-a", "files:2");

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        Assert.Equal(["3\n", "3\n"], Directory.GetFiles(_folder.FullName).Select(f => BuiltProgram.Run("run", "-r", f, "--count").Output));
    }

    /// <summary>Time, addresses and ports.</summary>
    private static IEnumerable<string> Starts(string text) =>
        text.Split('\n').Where(l => l.Length > 0 && !char.IsWhiteSpace(l[0])).Select(l => string.Join(' ', l.Split(' ').Take(5)));

    private static IEnumerable<string> Rows(string text) => text.Split('\n').Where(l => l.StartsWith('\t'));
}
