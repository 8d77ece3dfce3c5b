using Pipeline.Actors.Routing;
using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Generations;

/// <summary>
/// Turns a text into rules that can be put in force, for one pipeline. Takes seconds for a huge set. For any thread on which no packets
/// wait.
/// </summary>
/// <param name="setup">The pipeline they are for.</param>
internal sealed class RuleBuilder(PipelineSetup setup)
{
    private volatile MarkTable? _loaded;

    /// <summary>
    /// The rules that the device got last, in force or not yet; null while it still has those that the run began with. Any thread.
    /// </summary>
    public MarkTable? Loaded => _loaded;

    /// <param name="source">The text.</param>
    /// <param name="generation">The number that the rules get.</param>
    /// <param name="seen">Link layers of packets so far, beside those of the source's interfaces.</param>
    /// <param name="diagnostics">The errors and warnings.</param>
    /// <returns>The rules, compiled for every link type that is known; null when there is an error.</returns>
    public MarkTable? Build(SourceText source, int generation, IEnumerable<LinkLayer> seen, out IReadOnlyList<Diagnostic> diagnostics)
    {
        var rules = Parse(source, out diagnostics);
        List<LinkLayer> links = [.. setup.Nic.Interfaces.Select(i => i.Link).Concat(seen).Distinct().OrderBy(l => l.Type)];
        if (rules is null)
        {
            diagnostics = FilterCheck.BesideOthers(source, diagnostics, links);
            return null;
        }

        using var span = PipelineSpans.Start(PipelineSpans.Compile);
        var table = MarkTable.Compile(rules with { Generation = generation }, setup.Guards);
        var ofLinks = new WarningList();
        foreach (var link in links) ofLinks.Add(table.Prepare(link));
        var warnings = ofLinks.First.Concat(RouteWarnings.Of(rules, setup.Options.Routes)).Concat(EmptyRules.Warnings(rules));
        List<Diagnostic> errors = [.. table.RejectedEverywhere()];
        if (setup.RefuseRules?.Invoke(rules) is { } refusal) errors.Add(Diagnostic.Error(source, default, refusal));
        diagnostics = [.. diagnostics.Concat(errors.Count > 0 ? errors : warnings).OrderBy(d => d.Span.Start)];
        return errors.Count > 0 ? null : table;
    }

    /// <summary>Has the number of a generation remembered before it is put in force.</summary>
    /// <returns>A warning where that failed.</returns>
    public IEnumerable<Diagnostic> Remember(RuleSet rules)
    {
        using var span = PipelineSpans.Start(PipelineSpans.Number);
        span?.SetTag("generation", rules.Generation);
        return setup.RememberGeneration?.Invoke(rules) is { } why
            ? [Diagnostic.Warning(rules.Source, default, $"generation {rules.Generation} is not remembered over a restart: {why}")]
            : [];
    }

    private static RuleSet? Parse(SourceText source, out IReadOnlyList<Diagnostic> diagnostics)
    {
        using var span = PipelineSpans.Start(PipelineSpans.Check);
        var rules = RuleParser.Parse(source, out diagnostics);
        span?.SetTag("errors", diagnostics.Count(d => d.Severity == Severity.Error));
        return rules;
    }

    /// <summary>Whether the device runs rules itself.</summary>
    public bool IsOffloaded => setup.IsOffloaded;

    /// <summary>Prepares rules for the device, if it is to run some of them itself.</summary>
    /// <param name="warnings">A warning that names what stays in software.</param>
    /// <returns>The rules for the device, which the caller owns; null where it runs none.</returns>
    public IPreparedRules? Offload(MarkTable table, out IReadOnlyList<Diagnostic> warnings) =>
        RuleOffloading.Prepare(setup, table, out warnings);

    /// <summary>
    /// Puts rules in force in the device. Routers have been offered them before, and route by them what the device decides. This owns the
    /// device's part of them.
    /// </summary>
    public void PutInForce(ReadyRules rules)
    {
        using var device = rules.Device;
        if (device is null) return;
        _loaded = rules.Table;
        device.PutInForce();
    }
}
