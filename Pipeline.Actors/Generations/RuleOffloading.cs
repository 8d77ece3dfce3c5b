using Pipeline.Actors.Routing;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Generations;

/// <summary>Gives rules to a device that can run some of them itself.</summary>
internal static class RuleOffloading
{
    /// <summary>
    /// Loads the table's rules into the device. It makes the table continue where the device stopped, and count together with it.
    /// </summary>
    /// <returns>A warning that names the rules that stay in software, and why.</returns>
    public static IReadOnlyList<Diagnostic> Start(PipelineSetup setup, MarkTable table)
    {
        var (nic, rules) = (setup.Nic, table.Rules);
        if (nic.Offload is not { } offload)
        {
            if (rules.Rules.Count == 0) return [];
            return [Diagnostic.Warning(
                rules.Source,
                rules.Rules[0].Span,
                $"{nic.Name} runs no rules itself, so all of them run in software though `offload` is on")];
        }

        var report = offload.Load(RouteVerdicts.Of(setup, table));
        table.PassedByDevice = report.Passed;
        if (report.Rules > 0) table.GoOnBehind(report.Rules);
        if (report.Refused.Count == 0) return [];
        var (rule, reason) = report.Refused[0];
        var others = report.Refused.Count == 1 ? "" : $", and so do the {report.Refused.Count - 1} behind it";
        return [Diagnostic.Warning(
            rules.Source,
            rule.Span,
            $"rule '{rule.Name}' stays in software{others}: {reason}",
            help: $"the device runs {report.Rules} of {rules.Rules.Count} rules: {report.Tables}")];
    }
}
