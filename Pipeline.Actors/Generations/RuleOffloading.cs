using Pipeline.Actors.Routing;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Generations;

/// <summary>Gives rules to a device that can run some of them itself.</summary>
internal static class RuleOffloading
{
    /// <summary>
    /// Prepares the table's rules for the device. It makes the table continue where the device stops, and count together with it.
    /// </summary>
    /// <param name="warnings">A warning that names the rules that stay in software, and why.</param>
    /// <returns>The rules for the device, which the caller owns; null where it runs none.</returns>
    /// <exception cref="Nic.Rules.Ebpf.XdpException">The device cannot run them, and it must.</exception>
    public static IPreparedRules? Prepare(PipelineSetup setup, MarkTable table, out IReadOnlyList<Diagnostic> warnings)
    {
        warnings = [];
        if (!setup.IsOffloaded)
        {
            if (setup.Options.Source.Offload) warnings = WarningThatNoneRun(setup.Nic, table.Rules);
            return null;
        }

        var prepared = setup.Nic.Offload!.Prepare(RouteVerdicts.Of(setup, table));
        table.PassedByDevice = prepared.Report.Passed;
        if (prepared.Report.Rules > 0) table.GoOnBehind(prepared.Report.Rules, prepared.Report.IsGuarded);
        warnings = WarningOf(prepared.Report, table.Rules);
        return prepared;
    }

    private static IReadOnlyList<Diagnostic> WarningThatNoneRun(INic nic, RuleSet rules)
    {
        if (rules.Rules.Count == 0) return [];
        return [Diagnostic.Warning(
            rules.Source,
            rules.Rules[0].Span,
            $"{nic.Name} runs no rules itself, so all of them run in software though `offload` is on")];
    }

    private static IReadOnlyList<Diagnostic> WarningOf(OffloadReport report, RuleSet rules)
    {
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
