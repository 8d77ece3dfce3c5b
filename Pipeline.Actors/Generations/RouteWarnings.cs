using Pipeline.Actors.Configuration;
using Pipeline.Actors.Routing;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Generations;

/// <summary>Finds rules whose mark no route takes. Nearly always a mark or a mask was mistyped in one of two places.</summary>
public static class RouteWarnings
{
    /// <summary>Compares the marks that rules set with the marks that routes ask for.</summary>
    /// <returns>
    /// A warning for each rule that writes a mark and ends the search, if only the stack's route takes its packets. There are at most
    /// <see cref="RuleParser.MostDiagnostics"/>, the last of which stands for all that are left. There are none when no route asks for a
    /// mark, because rules then only count or split.
    /// </returns>
    public static IReadOnlyList<Diagnostic> Of(RuleSet rules, IReadOnlyList<RouteOptions> routes)
    {
        if (routes.All(r => r.MarkMask == 0) || routes.Any(TakesEverything)) return [];
        List<Diagnostic> warnings = [];
        var (lost, last) = (0, default(MarkRule));
        foreach (var rule in rules.Rules)
        {
            if (!LeadsNowhere(rule, routes)) continue;
            if (++lost < RuleParser.MostDiagnostics) warnings.Add(Warning(rules.Source, rule));
            last ??= lost == RuleParser.MostDiagnostics ? rule : null;
        }

        if (last is not null) warnings.Add(lost == RuleParser.MostDiagnostics ? Warning(rules.Source, last) : Summary(rules.Source, last, lost));
        return warnings;
    }

    private static bool TakesEverything(RouteOptions route) => route.MarkMask == 0 && route.To != RouteTable.StackGroup;

    /// <summary>Bits that the rule does not write may have any value, set by earlier rules.</summary>
    private static bool LeadsNowhere(MarkRule rule, IReadOnlyList<RouteOptions> routes)
    {
        if (rule.Continue || (rule.Mark & rule.MarkMask) == 0) return false;
        for (var i = 0; i < routes.Count; i++)
        {
            if (routes[i].MarkMask != 0 && ((rule.Mark ^ routes[i].Mark) & rule.MarkMask & routes[i].MarkMask) == 0) return false;
        }

        return true;
    }

    private static Diagnostic Summary(SourceText source, MarkRule first, int lost) => Diagnostic.Warning(
        source,
        first.Span,
        $"rule '{first.Name}' and {lost - RuleParser.MostDiagnostics} more: no route takes their marks; their packets go to {RouteTable.StackGroup}");

    private static Diagnostic Warning(SourceText source, MarkRule rule) =>
        Diagnostic.Warning(
            source, rule.Span, $"rule '{rule.Name}': no route takes its mark {rule.MarkText}; its packets go to {RouteTable.StackGroup}");
}
