using Pipeline.Actors.Configuration;
using Pipeline.Actors.Routing;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Generations;

/// <summary>Finds rules whose mark leads nowhere: nearly always a mark or a mask that was mistyped in one of two places.</summary>
public static class RouteWarnings
{
    /// <summary>Compares the marks that rules set with those that routes ask for.</summary>
    /// <returns>
    /// A warning for each rule that writes a mark, ends the search, and whose packets no route but the stack's takes. None where no
    /// route asks for a mark, because then rules are there to count or to split.
    /// </returns>
    public static IReadOnlyList<Diagnostic> Of(RuleSet rules, IReadOnlyList<RouteOptions> routes)
    {
        if (routes.All(r => r.MarkMask == 0) || routes.Any(TakesEverything)) return [];
        return [.. rules.Rules.Where(r => LeadsNowhere(r, routes)).Select(r => Warning(rules.Source, r))];
    }

    private static bool TakesEverything(RouteOptions route) => route.MarkMask == 0 && route.To != RouteTable.StackGroup;

    /// <summary>Bits that the rule does not write may be anything, by rules before it.</summary>
    private static bool LeadsNowhere(MarkRule rule, IReadOnlyList<RouteOptions> routes) =>
        !rule.Continue && (rule.Mark & rule.MarkMask) != 0
        && !routes.Any(route => route.MarkMask != 0 && ((rule.Mark ^ route.Mark) & rule.MarkMask & route.MarkMask) == 0);

    private static Diagnostic Warning(SourceText source, MarkRule rule) =>
        Diagnostic.Warning(source, rule.Span, $"rule '{rule.Name}': no route takes its mark {rule.MarkText}; its packets go to {RouteTable.StackGroup}");
}
