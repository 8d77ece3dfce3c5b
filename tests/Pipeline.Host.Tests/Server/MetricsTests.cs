using System.Globalization;
using System.Text.RegularExpressions;
using Pipeline.Actors.Cluster;
using Pipeline.Host.Server;
using Pipeline.Host.Tests.Running;
using Xunit;

namespace Pipeline.Host.Tests.Server;

public sealed partial class MetricsTests
{
    [Fact]
    public async Task They_come_as_Prometheus_reads_them_and_add_up_to_the_ledger()
    {
        await using var served = await ServedRun.Start();
        using var answer = await served.Send(HttpMethod.Get, "/metrics");

        var metrics = Parse(await answer.Content.ReadAsStringAsync());

        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Content.Headers.ContentType?.ToString());
        Assert.Equal(100, Sum("pipeline_received_packets_total"));
        foreach (var unit in (string[])["packets", "bytes"])
        {
            Assert.Equal(
                Sum($"pipeline_received_{unit}_total"),
                Sum($"pipeline_delivered_{unit}_total") + Sum($"pipeline_passed_{unit}_total") + Sum($"pipeline_dropped_{unit}_total") + Sum($"pipeline_in_flight_{unit}"));
        }

        Assert.Equal(25, metrics["pipeline_delivered_packets_total{consumer=\"dns\"}"]);
        Assert.Equal(25, metrics["pipeline_copies_total{consumer=\"watch\",fate=\"delivered\"}"]);
        Assert.Equal(75, metrics["pipeline_rule_packets_total{rule=\"udp\"}"]);
        Assert.Equal(0, metrics["pipeline_device_lost_packets_total{queue=\"pcap:0\",reason=\"ring-full\"}"]);
        Assert.Equal((1, 1), (metrics["pipeline_generation"], metrics["pipeline_ledger_balanced"]));
        Assert.Equal(0, metrics["pipeline_mailbox_depth{actor=\"dns-0\"}"]);
        Assert.Equal(0, metrics["pipeline_actor_restarts_total{actor=\"dns-0\"}"]);

        double Sum(string family) => metrics.Where(m => m.Key == family || m.Key.StartsWith(family + "{", StringComparison.Ordinal)).Sum(m => m.Value);
    }

    [Fact]
    public async Task Handoffs_are_a_histogram_from_a_microsecond_to_a_second()
    {
        await using var served = await ServedRun.Start();

        var metrics = Parse(await served.Client.GetStringAsync("/metrics"));

        var buckets = metrics.Where(m => m.Key.StartsWith("pipeline_handoff_seconds_bucket", StringComparison.Ordinal)).Select(m => m.Value).ToList();
        Assert.Equal(buckets.Order(), buckets);
        Assert.Equal(metrics["pipeline_handoff_seconds_count"], metrics["pipeline_handoff_seconds_bucket{le=\"+Inf\"}"]);
        Assert.Contains("pipeline_handoff_seconds_bucket{le=\"1E-06\"}", metrics.Keys);
        Assert.Contains("pipeline_handoff_seconds_bucket{le=\"1\"}", metrics.Keys);
        Assert.True(buckets[^1] >= 3);
    }

    [Fact]
    public void Drops_and_losses_carry_their_stage_and_their_reason()
    {
        var metrics = Parse(string.Concat(Metrics.Of(Views.Full with { Queues = [new("q", default, 0) { Lost = Views.Full.Ledger.DeviceLost }], Ledger = Views.WithAccounts })));

        Assert.Equal(7, metrics["pipeline_dropped_packets_total{stage=\"capture\",reason=\"share-exceeded\"}"]);
        Assert.Equal(300, metrics["pipeline_dropped_bytes_total{stage=\"capture\",reason=\"share-exceeded\"}"]);
        Assert.Equal(5, metrics["pipeline_device_lost_packets_total{queue=\"q\",reason=\"ring-full\"}"]);
    }

    [Fact]
    public void Guards_are_a_family_only_where_they_are_in_force()
    {
        Assert.Equal(2, Parse(string.Concat(Metrics.Of(Views.Full)))["pipeline_guard_packets_total{guard=\"arp\"}"]);
        Assert.DoesNotContain("pipeline_guard", string.Concat(Metrics.Of(Views.Empty)));
    }

    [Fact]
    public void Members_of_a_cluster_are_counted_by_status_and_the_unreachable_by_themselves()
    {
        var members = new[] { (ClusterMemberStatus.Up, true), (ClusterMemberStatus.Up, false), (ClusterMemberStatus.WeaklyUp, true) }
            .Select((m, i) => new ClusterMember($"n{i}", $"10.0.0.{i}:4053", i, [], m.Item1, m.Item2)).ToList();

        var metrics = Parse(string.Concat(Metrics.Of(Views.Empty with { Cluster = new ClusterView("n0", ClusterState.Member, members) })));

        Assert.Equal((1, 1, 1, 0), (Of("up"), Of("weakly-up"), Of("unreachable"), Of("down")));
        Assert.DoesNotContain("pipeline_cluster_members", string.Concat(Metrics.Of(Views.Empty)));

        double Of(string status) => metrics[$"pipeline_cluster_members{{status=\"{status}\"}}"];
    }

    [Fact]
    public void Labels_are_escaped() => Assert.Equal("{a=\"x\\\\y\\\"z\\n\"}", MetricsText.Labels([new("a", "x\\y\"z\n")]));

    /// <summary>Reads the format strictly: every sample belongs to the family told last, and none comes twice.</summary>
    private static Dictionary<string, double> Parse(string text)
    {
        Assert.EndsWith("\n", text);
        var samples = new Dictionary<string, double>();
        var families = new HashSet<string>();
        var (family, type) = ("", "");
        foreach (var line in text.TrimEnd('\n').Split('\n'))
        {
            if (Help().Match(line) is { Success: true } help) Assert.True(families.Add(family = help.Groups[1].Value), line);
            else if (Type().Match(line) is { Success: true } typed) Assert.Equal(family, Told(typed, out type));
            else
            {
                var sample = Sample().Match(line);
                Assert.True(sample.Success, line);
                string[] own = type == "histogram" ? [family + "_bucket", family + "_sum", family + "_count"] : [family];
                Assert.Contains(sample.Groups[1].Value, own);
                samples.Add(sample.Groups[1].Value + sample.Groups[2].Value, double.Parse(sample.Groups[3].Value, CultureInfo.InvariantCulture));
            }
        }

        return samples;
    }

    private static string Told(Match typed, out string type)
    {
        type = typed.Groups[2].Value;
        return typed.Groups[1].Value;
    }

    [GeneratedRegex(@"^# HELP ([a-z_]+) [^\n]+$")]
    private static partial Regex Help();

    [GeneratedRegex(@"^# TYPE ([a-z_]+) (counter|gauge|histogram)$")]
    private static partial Regex Type();

    [GeneratedRegex(@"^([a-z_]+)(\{[a-z]+=""(?:[^""\\]|\\.)*""(?:,[a-z]+=""(?:[^""\\]|\\.)*"")*\})? (-?[0-9.]+(?:E[+-]?[0-9]+)?)$")]
    private static partial Regex Sample();
}
