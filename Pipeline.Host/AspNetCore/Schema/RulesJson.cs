using System.Net;
using Pipeline.Actors;
using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules.Guards;

namespace Pipeline.Host.Schema;

/// <summary>Answer of <c>GET /api/v1/rules</c>.</summary>
/// <param name="ConfirmBy">
/// The deadline for confirming the generation, after which it is rolled back; absent if it needs no confirmation.
/// </param>
/// <param name="Rules">The rules as in the snapshot, which has the guards in the same form too.</param>
/// <param name="KeepOut">The ports of the guards in front of the rules; absent if there are no guards.</param>
/// <param name="Startup">The rule file that the next start reads; absent if there is none.</param>
internal sealed record RulesJson(
    int Generation, string Source, string Who, DateTimeOffset When, DateTimeOffset? ConfirmBy, string Text, IReadOnlyList<GuardJson> Guards, IReadOnlyList<RuleJson> Rules,
    RatedTallyJson Unmatched, TallyJson EarlierRules, KeepOutJson? KeepOut, StartupJson? Startup)
{
    public static RulesJson Of(RuleGeneration current, PipelineView view, GuardPorts? keepOut, StartupJson? startup) => new(
        current.Number,
        current.Source,
        current.Who,
        current.At,
        current.ConfirmBy,
        current.Text,
        GuardJson.Rated(view.Guards),
        RuleJson.Rated(view.Rules),
        RatedTallyJson.Of(view.Unmatched, view.UnmatchedRate),
        TallyJson.Of(view.EarlierRules),
        KeepOutJson.Of(keepOut),
        startup);
}

/// <summary>The TCP ports and endpoints whose packets guards keep out.</summary>
/// <param name="Cluster">ADDRESS:PORT, as in 10.0.0.1:4053 and [fd00::1]:4053; 0.0.0.0 and [::] stand for any address.</param>
/// <param name="Dashboard">Likewise.</param>
/// <param name="Own">Whether the kernel is asked for the sockets of packets before they are taken.</param>
/// <param name="Served">UDP ports of servers, for which the guard own keeps nothing; absent where it is not in force.</param>
internal sealed record KeepOutJson(
    IReadOnlyList<int> Ssh, IReadOnlyList<string> Cluster, IReadOnlyList<string> Dashboard, bool Own = false, IReadOnlyList<int>? Served = null)
{
    public static KeepOutJson? Of(GuardPorts? ports) =>
        ports is null ? null : new(ports.Ssh, [.. ports.Cluster.Select(e => $"{e}")], [.. ports.Dashboard.Select(e => $"{e}")], ports.Own is not null, ports.Own?.ServedPorts);

    /// <summary>All guards in front of the rules, made from these ports.</summary>
    public IReadOnlyList<Guard> ToGuards() => KeepOutGuards.All(new GuardPorts { Ssh = Ports(Ssh), Cluster = Endpoints(Cluster), Dashboard = Endpoints(Dashboard) });

    private static List<int> Ports(IReadOnlyList<int> ports) => [.. ports.Where(p => p is > 0 and <= ushort.MaxValue)];

    private static List<IPEndPoint> Endpoints(IReadOnlyList<string> texts) =>
        [.. texts.Select(t => IPEndPoint.TryParse(t, out var endpoint) ? endpoint : null).OfType<IPEndPoint>().Where(e => e.Port > 0)];
}

/// <summary>Answer of <c>POST /api/v1/rules/check</c>.</summary>
/// <param name="Ok">Whether there is no error.</param>
/// <param name="Changes">The differences from the rules in force; absent if there is an error.</param>
internal sealed record RuleCheckJson(bool Ok, int Errors, int Warnings, IReadOnlyList<DiagnosticJson> Diagnostics, RuleDeltaJson? Changes)
{
    public static RuleCheckJson Of(RuleCheck check)
    {
        var errors = check.Diagnostics.Count(d => d.Severity == Severity.Error);
        var isOk = check.Rules is not null;
        return new(isOk, errors, check.Diagnostics.Count - errors, DiagnosticJson.Of(check.Diagnostics), isOk ? RuleDeltaJson.Of(check.Delta) : null);
    }
}
