using Pipeline.Actors.Telemetry;
using Pipeline.Host.Reports;
using Pipeline.Host.Tests.Running;
using Pipeline.Nic.Accounts;
using Xunit;

namespace Pipeline.Host.Tests.Reports;

public sealed class WordReportTests
{
    [Fact]
    public void The_whole_report_reads_so()
    {
        var expected = """
            100 packets read, 61 matched, 60 written to web.pcapng
            10 dropped: share-exceeded 7, output-error 3; 4 copies dropped; lost by the device: ring-full 5, no-page 6
            kept out  packets  bytes
            arp             2     84
            rule             mark       packets  bytes
            dns              0x10            42   4200
            guests           0x20/0xf0        1     64
            unmatched        -               57   2136
            (earlier rules)  -                5    320
            consumer  kind       packets  bytes
            capture   af_packet       60   4000
                60 packets in web.pcapng
            stack     stack           30   1900  restarted 2 times
            ledger: received 100 = delivered 60 + passed 30 (12 by the device) + dropped 10 + in flight 0, balanced

            """;

        Assert.Equal(expected, Report(Views.Full, selects: true, ("capture", "web.pcapng")));
    }

    [Fact]
    public void Without_an_expression_nothing_is_said_of_matching() =>
        Assert.StartsWith("0 packets read\n0 dropped\n", Report(Views.Empty, selects: false));

    [Fact]
    public void Where_the_device_passed_nothing_nothing_is_said_of_it() =>
        Assert.EndsWith("ledger: received 0 = delivered 0 + passed 0 + dropped 0 + in flight 0, balanced\n", Report(Views.Empty, selects: false));

    [Fact]
    public void One_packet_is_singular() =>
        Assert.StartsWith("1 packet read\n", Report(Views.Of(new(1, 60), new(1, 60), default), selects: false));

    [Fact]
    public void A_drain_that_was_cut_is_told_with_what_it_cost_and_who_is_left()
    {
        var view = Views.Full with
        {
            DrainCutAfter = TimeSpan.FromSeconds(10),
            LeftBehind = ["capture-0"],
            Ledger = Views.Full.Ledger with { DroppedByReason = new Dictionary<DropReason, PacketTally> { [DropReason.Shutdown] = new(10, 500) } },
        };

        Assert.Contains("drain cut after 10 s: 10 packets dropped (shutdown); capture-0 did not come back\nledger: ", Report(view, selects: false));
    }

    [Fact]
    public void A_consumer_that_did_no_good_says_why()
    {
        var view = Views.Full with { Consumers = [new("h", "bypass", default, 5, 3, []) { Failure = "never opened: IOException: no" }] };

        Assert.Contains("restarted 3 times\n    never opened: IOException: no\n", Report(view, selects: false));
    }

    [Fact]
    public void An_open_ledger_is_shouted() =>
        Assert.EndsWith("in flight 2, NOT BALANCED\n", Report(Views.Of(new(2, 60), default, default), selects: false));

    private static string Report(PipelineView view, bool selects, params (string Consumer, string Output)[] outputs)
    {
        var text = new StringWriter();
        WordReport.Write(text, view, selects, outputs.ToDictionary(o => o.Consumer, o => o.Output));
        return text.ToString();
    }
}
