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
    /// A warning for each rule that writes a mark and ends the search, if only the stack's route takes its packets. There are none when no
    /// route asks for a mark, because rules then only count or split.
    /// </returns>
    public static IReadOnlyList<Diagnostic> Of(RuleSet rules, IReadOnlyList<RouteOptions> routes)
    {
        if (routes.All(r => r.MarkMask == 0) || routes.Any(TakesEverything)) return [];
        return [.. rules.Rules.Where(r => LeadsNowhere(r, routes)).Select(r => Warning(rules.Source, r))];
    }

    private static bool TakesEverything(RouteOptions route) => route.MarkMask == 0 && route.To != RouteTable.StackGroup;

    /// <summary>Bits that the rule does not write may have any value, set by earlier rules.</summary>
    private static bool LeadsNowhere(MarkRule rule, IReadOnlyList<RouteOptions> routes) =>
        !rule.Continue && (rule.Mark & rule.MarkMask) != 0
        && !routes.Any(route => route.MarkMask != 0 && ((rule.Mark ^ route.Mark) & rule.MarkMask & route.MarkMask) == 0);

    private static Diagnostic Warning(SourceText source, MarkRule rule) =>
        Diagnostic.Warning(
            source, rule.Span, $"rule '{rule.Name}': no route takes its mark {rule.MarkText}; its packets go to {RouteTable.StackGroup}");
}
