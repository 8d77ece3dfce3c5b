using System.Text.Json;
using System.Text.RegularExpressions;
using Pipeline.Actors.Cluster;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Telemetry;
using Pipeline.Host.Server;
using Pipeline.Host.Tests.Running;
using Pipeline.Host.Tests.Server;
using Pipeline.Nic.Accounts;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.Monitoring;

/// <summary>The dashboard for Grafana and the alerts for Prometheus ask for what a pipeline exports.</summary>
public sealed partial class MonitoringFilesTests
{
    private static readonly string Folder = Path.Combine(Repository.Root, "docs", "monitoring");
    private static readonly string Alerts = File.ReadAllText(Path.Combine(Folder, "alerts.yml"));

    /// <summary>Of a scrape, not of the pipeline.</summary>
    private static readonly string[] OfPrometheus = ["instance", "job"];

    public static TheoryData<string> Expressions => [.. AlertExpressions(), .. DashboardExpressions()];

    [Theory]
    [MemberData(nameof(Expressions))]
    public void Every_expression_is_whole_and_asks_for_labels_that_its_metrics_have(string expression)
    {
        var exported = Exported(string.Concat(Metrics.Of(Everything())));
        var metrics = MetricName().Matches(expression).Select(m => m.Value).Where(m => m != "up").ToList();
        var labels = metrics.SelectMany(m => exported.GetValueOrDefault(m) ?? []).Concat(OfPrometheus).ToHashSet();

        Assert.All(metrics, m => Assert.Contains(m, exported.Keys));
        Assert.All(Labels(expression), l => Assert.Contains(l, labels));
        foreach (var (open, close) in ((char, char)[])[('(', ')'), ('{', '}'), ('[', ']')]) Assert.Equal(expression.Count(c => c == open), expression.Count(c => c == close));
        Assert.Equal(0, expression.Count(c => c == '"') % 2);
    }

    [Fact]
    public async Task A_running_pipeline_exports_every_metric_that_is_asked_for()
    {
        await using var served = await ServedRun.Start();
        var scrape = Exported(await served.Client.GetStringAsync("/metrics"));
        var optional = PipelineMetrics.All.Where(m => m.IsOptional).Select(m => m.Name).ToList();

        var asked = AlertExpressions().Concat(DashboardExpressions()).SelectMany(e => MetricName().Matches(e).Select(m => m.Value)).Distinct().Where(m => m != "up").ToList();

        Assert.True(asked.Count > 20);
        Assert.Empty(asked.Except(scrape.Keys).Except(optional));
    }

    [Fact]
    public void Every_alert_has_a_severity_a_summary_and_a_part_of_the_guide()
    {
        var guide = File.ReadAllText(Path.Combine(Repository.Root, "docs", "guides", "monitoring.md"));
        var rules = Alerts.Split("- alert: ").Skip(1).ToList();

        Assert.NotEmpty(rules);
        Assert.All(rules, rule =>
        {
            var name = rule.Split('\n')[0];
            Assert.Matches(@"(?m)^        expr: \S.*$", rule);
            Assert.Matches(@"severity: (critical|warning) \}", rule);
            Assert.Matches(@"(?m)^          summary: "".+""$", rule);
            Assert.Contains($"runbook: docs/guides/monitoring.md#{name.ToLowerInvariant()}\n", rule, StringComparison.Ordinal);
            Assert.Contains($"### {name}\n", guide, StringComparison.Ordinal);
        });
    }

    [FactThatNeeds(Need.Promtool)]
    public void Promtool_takes_the_alerts()
    {
        var result = Tool.Run("promtool", "check", "rules", Path.Combine(Folder, "alerts.yml"));

        Assert.True(result.ExitCode == 0, result.Output + result.Errors);
    }

    private static IEnumerable<string> AlertExpressions() => Expression().Matches(Alerts).Select(m => m.Groups[1].Value);

    private static List<string> DashboardExpressions()
    {
        using var dashboard = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, "grafana-pipeline.json")));
        return [.. dashboard.RootElement.GetProperty("panels").EnumerateArray().SelectMany(p => p.GetProperty("targets").EnumerateArray()).Select(t => t.GetProperty("expr").GetString()!)];
    }

    /// <summary>A view with a value of every metric.</summary>
    private static PipelineView Everything() => Views.Full with
    {
        Queues = [new("q", default, 0) { Lost = Views.Full.Ledger.DeviceLost }],
        Ledger = Views.WithAccounts,
        Routers = [new("router-q", "q", 1, default, false)],
        Consumers = [new("dns", "bypass", default, 0, 0, []) { Instances = [new("dns-0", ConsumerState.Running, 0, null, default, HandoffView.None)] }],
        Pools = [new("q", 1, 2, 4096)],
        Routes = [new(new RouteOptions { To = "dns" }, Overload.DropNew, default, new Dictionary<DropReason, PacketTally>(), 0, 1) { Breaker = new BreakerView(true, 1, 1, null) }],
        Cluster = new ClusterView("n1", ClusterState.Member, []),
    };

    /// <summary>The labels of each metric of a scrape; of a histogram, of its parts.</summary>
    private static Dictionary<string, HashSet<string>> Exported(string scrape)
    {
        var metrics = new Dictionary<string, HashSet<string>>();
        foreach (var line in scrape.Split('\n'))
        {
            var name = line.StartsWith("# TYPE ", StringComparison.Ordinal) ? line.Split(' ')[2] : line.StartsWith('#') ? "" : MetricName().Match(line).Value;
            if (name.Length == 0) continue;
            if (!metrics.TryGetValue(name, out var labels)) metrics[name] = labels = [];
            if (!line.StartsWith('#')) labels.UnionWith(LabelName().Matches(line).Select(m => m.Groups[1].Value));
        }

        return metrics;
    }

    private static IEnumerable<string> Labels(string expression) =>
        LabelName().Matches(expression).Select(m => m.Groups[1].Value)
            .Concat(Grouping().Matches(expression).SelectMany(m => m.Groups[1].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)));

    [GeneratedRegex(@"(?m)^        expr: (.+)$")]
    private static partial Regex Expression();

    [GeneratedRegex(@"\b(?:pipeline_[a-z_]+|process_[a-z_]+|up\b)")]
    private static partial Regex MetricName();

    [GeneratedRegex(@"[{,]\s*([a-z_]+)(?:=~|!~|!=|=)""")]
    private static partial Regex LabelName();

    [GeneratedRegex(@"\b(?:by|on)\s*\(([a-z_, ]*)\)")]
    private static partial Regex Grouping();
}
