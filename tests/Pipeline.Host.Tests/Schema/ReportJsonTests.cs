using System.Text.Json;
using Pipeline.Actors.Telemetry;
using Pipeline.Host.Schema;
using Pipeline.Host.Tests.Running;
using Xunit;

namespace Pipeline.Host.Tests.Schema;

public sealed class ReportJsonTests
{
    private static readonly RuntimeJson Runtime = new(1, 0, 0, 0.25, 2, 4, 3);

    [Fact]
    public void Every_field_stands_in_its_place()
    {
        var expected = """
            {"schema":"pipeline.report/1","generation":3,"elapsedSeconds":1.25,
            "selected":{"packets":61,"bytes":4100},
            "ledger":{"received":{"packets":100,"bytes":6400},"delivered":{"packets":60,"bytes":4000},"passed":{"packets":30,"bytes":1900,"byDevice":12,"released":9},
            "dropped":{"packets":10,"bytes":500,"reasons":{"share-exceeded":7,"output-error":3}},"inFlight":{"packets":0,"wire":2,"most":0},
            "copies":{"delivered":11,"dropped":4,"released":8},"deviceLost":{"packets":11,"reasons":{"ring-full":5,"no-page":6}},"balanced":true},
            "queues":[{"name":"pcap:0","packets":100,"bytes":6400,"bundles":7,"deviceLost":{"packets":0,"reasons":{}}}],
            "rules":[{"name":"dns","mark":"0x10","packets":42,"bytes":4200},{"name":"guests","mark":"0x20/0xf0","packets":1,"bytes":64}],
            "guards":[{"name":"arp","packets":2,"bytes":84}],
            "unmatched":{"packets":57,"bytes":2136},
            "earlierRules":{"packets":5,"bytes":320},
            "consumers":[{"name":"capture","kind":"af_packet","packets":60,"bytes":4000,"bundles":5,"restarts":0,"dropped":{"packets":0,"bytes":0,"reasons":{}},"copies":{"delivered":0,"dropped":0,"released":0},"counters":{},"notes":["60 packets in web.pcapng"]},
            {"name":"stack","kind":"stack","packets":30,"bytes":1900,"bundles":3,"restarts":2,"dropped":{"packets":0,"bytes":0,"reasons":{}},"copies":{"delivered":0,"dropped":0,"released":0},"counters":{},"notes":[]}],
            "runtime":{"gen0":1,"gen1":0,"gen2":0,"gcPauseSeconds":0.25,"allocatedBytes":2,"workingSetBytes":4,"peakWorkingSetBytes":3}}
            """;

        Assert.Equal(expected.ReplaceLineEndings(""), Json(Views.Full with { Ledger = Views.Full.Ledger with { PassedReleased = new(9, 576), CopiesReleased = new(8, 512) } }));
    }

    [Fact]
    public void Where_nothing_happened_the_fields_are_there_and_empty()
    {
        using var report = JsonDocument.Parse(Json(Views.Empty));
        var ledger = report.RootElement.GetProperty("ledger");

        Assert.Equal("{}", ledger.GetProperty("dropped").GetProperty("reasons").GetRawText());
        Assert.Equal("{}", ledger.GetProperty("deviceLost").GetProperty("reasons").GetRawText());
        Assert.Equal("[]", report.RootElement.GetProperty("rules").GetRawText());
        Assert.Equal("[]", report.RootElement.GetProperty("consumers").GetRawText());
    }

    [Fact]
    public void A_cut_drain_and_a_consumer_that_did_no_good_are_told()
    {
        var view = Views.Empty with
        {
            DrainCutAfter = TimeSpan.FromSeconds(2.5),
            LeftBehind = ["h-0"],
            Consumers = [new("h", "bypass", default, 5, 3, []) { Failure = "never opened: IOException: no" }],
        };

        using var report = JsonDocument.Parse(Json(view));

        Assert.Equal("""{"afterSeconds":2.5,"packets":0,"leftBehind":["h-0"]}""", report.RootElement.GetProperty("drainCut").GetRawText());
        Assert.Equal("never opened: IOException: no", report.RootElement.GetProperty("consumers")[0].GetProperty("failure").GetString());
    }

    [Fact]
    public void Books_that_do_not_close_say_so()
    {
        var view = Views.Of(new(3, 30), new(1, 10), new(1, 10));

        using var report = JsonDocument.Parse(Json(view));

        Assert.False(report.RootElement.GetProperty("ledger").GetProperty("balanced").GetBoolean());
    }

    [Fact]
    public void The_process_tells_what_it_used()
    {
        var now = RuntimeJson.Now();

        Assert.True(now.AllocatedBytes > 0);
        Assert.True(now.PeakWorkingSetBytes > 1 << 20);
    }

    private static string Json(PipelineView view) => JsonText.Of(ReportJson.Of(view, Runtime), JsonShapes.Default.ReportJson);
}
