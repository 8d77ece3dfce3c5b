using Pipeline.Actors;

namespace Pipeline.Host.Schema;

/// <summary>Answer of <c>GET /api/v1/consumers/{name}/report</c>: what a consumer has gathered so far.</summary>
/// <param name="Entries">How many entries the texts have together.</param>
/// <param name="Total">How many there were; more than <paramref name="Entries"/> where not all were asked for.</param>
internal sealed record ConsumerReportJson(string Schema, string Name, DateTimeOffset TakenAt, int Entries, long Total, IReadOnlyList<InstanceReportJson> Instances)
{
    public const string Version = "pipeline.consumer-report/1";

    public static ConsumerReportJson Of(string name, IReadOnlyList<InstanceReport> reports) => new(
        Version, name, DateTimeOffset.UtcNow, reports.Sum(r => r.Entries), reports.Sum(r => (long)r.Total),
        [.. reports.Select(r => new InstanceReportJson(r.Actor, r.Entries, r.Total, r.Text))]);
}

/// <param name="Text">Lines, of which the first names the columns.</param>
internal sealed record InstanceReportJson(string Actor, int Entries, int Total, string Text);
