using System.Text.Json;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.EndToEnd;

/// <summary>Whole runs over public captures; what must come out is what the reference tools said of them.</summary>
public sealed class RunTests : IDisposable
{
    private const string Capture = "conv__to-pcapng.pcapng";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TheoryThatNeeds(Need.Corpus)]
    [InlineData("conv__to-pcapng.pcapng")]
    [InlineData("conv__bigendian-us.pcap")]
    [InlineData("conv__bigendian-ns.pcap")]
    [InlineData("conv__snap64.pcap")]
    public void Every_packet_is_received_and_the_books_balance(string file)
    {
        var oracle = Corpus.Table("oracle.tsv").Single(r => r["file"] == file);

        using var report = Report("run", "-r", Corpus.CapturePath(file), "--json");

        var ledger = report.RootElement.GetProperty("ledger");
        Assert.Equal(oracle["libpcap_packets"], ledger.GetProperty("received").GetProperty("packets").GetRawText());
        Assert.Equal(oracle["libpcap_capbytes"], ledger.GetProperty("received").GetProperty("bytes").GetRawText());
        Assert.Equal(oracle["libpcap_packets"], ledger.GetProperty("passed").GetProperty("packets").GetRawText());
        Assert.True(ledger.GetProperty("balanced").GetBoolean());
    }

    [FactThatNeeds(Need.Corpus | Need.Libpcap | Need.Tshark)]
    public void What_matches_is_written_and_the_rest_is_passed()
    {
        var count = Corpus.Table("filters.tsv").Single(r => r["file"] == Capture && r["expr"] == "tcp")["count"];

        using var report = Report("run", "-r", Corpus.CapturePath(Capture), "-w", _folder["tcp.pcapng"], "--json", "tcp");

        var ledger = report.RootElement.GetProperty("ledger");
        Assert.Equal(count, ledger.GetProperty("delivered").GetProperty("packets").GetRawText());
        Assert.Contains(count, Tool.Run("capinfos", "-Mcr", _folder["tcp.pcapng"]).Output);
    }

    [FactThatNeeds(Need.Corpus | Need.Tcpdump)]
    public void A_capture_on_standard_output_is_read_by_tcpdump()
    {
        var result = BuiltProgram.Shell($"pipeline run -r '{Corpus.CapturePath(Capture)}' -w - -c 5 | tcpdump -n -r - 2>/dev/null | wc -l");

        Assert.Equal("5", result.Output.Trim());
        Assert.Contains("5 packets read, 5 written to standard output", result.Errors);
    }

    [FactThatNeeds(Need.Corpus)]
    public void A_capture_comes_in_through_a_pipe()
    {
        var result = BuiltProgram.Shell($"cat '{Corpus.CapturePath(Capture)}' | pipeline run -r -");

        Assert.Equal(0, result.ExitCode);
        Assert.Contains("99 packets read", result.Errors);
    }

    [FactThatNeeds(Need.Corpus)]
    public void A_reader_that_has_enough_is_no_failure()
    {
        var result = BuiltProgram.Shell($"pipeline run -r '{Corpus.CapturePath(Capture)}' -w - | head -c 1 >/dev/null; echo ${{PIPESTATUS[0]}}");

        Assert.Equal("0", result.Output.Trim());
        Assert.DoesNotContain("error", result.Errors);
    }

    [FactThatNeeds(Need.Corpus)]
    public void A_capture_that_breaks_off_delivers_what_came_before()
    {
        var whole = File.ReadAllBytes(Corpus.CapturePath(Capture));
        File.WriteAllBytes(_folder["cut.pcapng"], whole[..^400]);

        var result = BuiltProgram.Run("run", "-r", _folder["cut.pcapng"], "--json");

        Assert.Equal(65, result.ExitCode);
        Assert.Contains("at byte", result.Errors);
        using var report = JsonDocument.Parse(result.Output);
        Assert.True(report.RootElement.GetProperty("ledger").GetProperty("received").GetProperty("packets").GetInt32() > 90);
    }

    [FactThatNeeds(Need.Corpus)]
    public void Rules_split_a_capture_into_files_of_their_names()
    {
        File.WriteAllText(_folder["edge.rules"], "rule tcp match 12:ffff:0800 23:ff:06 mark 0x10\nrule udp match 12:ffff:0800 23:ff:11 mark 0x20\n");

        using var report = Report("run", "-r", Corpus.CapturePath(Capture), "--rules", _folder["edge.rules"], "--split", _folder["out"], "--json");

        Assert.Equal(["tcp.pcapng", "udp.pcapng", "unmatched.pcapng"], Directory.GetFiles(_folder["out"]).Select(Path.GetFileName).Order());
        Assert.Equal("99", report.RootElement.GetProperty("ledger").GetProperty("delivered").GetProperty("packets").GetRawText());
        Assert.Equal(["tcp", "udp"], report.RootElement.GetProperty("rules").EnumerateArray().Select(r => r.GetProperty("name").GetString()));
    }

    [FactThatNeeds(Need.Corpus)]
    public void A_capture_beside_a_split_gets_copies_with_books_of_their_own()
    {
        using var report = Report("run", "-r", Corpus.CapturePath(Capture), "--split", _folder["out"], "-w", _folder["all.pcapng"], "--json");

        var ledger = report.RootElement.GetProperty("ledger");
        Assert.Equal("99", ledger.GetProperty("delivered").GetProperty("packets").GetRawText());
        Assert.Equal("99", ledger.GetProperty("copies").GetProperty("delivered").GetRawText());
    }

    [FactThatNeeds(Need.Corpus)]
    public void An_output_that_cannot_be_created_ends_with_73() =>
        Assert.Equal(73, BuiltProgram.Run("run", "-r", Corpus.CapturePath(Capture), "-w", _folder["absent/out.pcapng"]).ExitCode);

    [FactThatNeeds(Need.Corpus)]
    public void A_full_disk_ends_with_74()
    {
        var result = BuiltProgram.Run("run", "-r", Corpus.CapturePath(Capture), "-w", "/dev/full", "--json");

        Assert.Equal(74, result.ExitCode);
        Assert.Contains("/dev/full", result.Errors);
        using var report = JsonDocument.Parse(result.Output);
        Assert.True(report.RootElement.GetProperty("ledger").GetProperty("balanced").GetBoolean());
    }

    [FactThatNeeds(Need.Corpus)]
    public void An_interrupt_drains_and_prints_the_summary()
    {
        // The source is a pipe that stays open, so that only the signal can end the run; it is sent once the counts were printed.
        var result = BuiltProgram.Shell($"""
            mkfifo '{_folder["pipe"]}'
            dotnet '{BuiltProgram.Path}' run -r - <'{_folder["pipe"]}' 2>'{_folder["errors"]}' &
            run=$!
            exec 9>'{_folder["pipe"]}'
            cat '{Corpus.CapturePath(Capture)}' >&9
            for ((i = 0; i < 300; i++)); do
                kill -USR1 $run 2>/dev/null || break
                grep -q 'received 99' '{_folder["errors"]}' && break
                read -t 0.1 <> <(:)
            done
            kill -INT $run
            wait $run
            echo "exit $?"
            """);

        var errors = File.ReadAllText(_folder["errors"]);
        Assert.Equal("exit 0", result.Output.Trim());
        Assert.Contains("99 packets read", errors);
        Assert.Contains("balanced", errors);
    }

    private static JsonDocument Report(params string[] arguments)
    {
        var result = BuiltProgram.Run(arguments);
        Assert.True(result.ExitCode == 0, result.Errors);
        return JsonDocument.Parse(result.Output);
    }
}
