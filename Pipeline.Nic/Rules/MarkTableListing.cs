using System.Text;
using Pipeline.Nic.Rules.Compiled;

namespace Pipeline.Nic.Rules;

/// <summary>Prints a compiled rule set.</summary>
internal static class MarkTableListing
{
    public static string Of(RuleSet rules, IReadOnlyList<MarkProgram> programs)
    {
        var text = new StringBuilder();
        text.Append($"generation {rules.Generation}: {rules.Rules.Count} rules\n");
        for (var i = 0; i < rules.Rules.Count; i++) AppendRule(text, i + 1, rules.Rules[i]);
        foreach (var program in programs) AppendProgram(text, rules, program);
        return text.ToString();
    }

    private static void AppendRule(StringBuilder text, int number, MarkRule rule)
    {
        text.Append($"{number} {rule.Name} mark {rule.MarkText}{(rule.Continue ? " continue" : "")}\n");
        if (rule is not TermRule terms) text.Append($"    {rule.Condition}\n");
        else foreach (var term in terms.Terms) text.Append($"    {term}{(term.CanMatch ? "" : " never matches")}\n");
    }

    private static void AppendProgram(StringBuilder text, RuleSet rules, MarkProgram program)
    {
        text.Append($"link type {LinkTypeName.Of(program.LinkType)}: {program.Ranges.Count} methods, {program.Ranges.Sum(r => r.IlBytes)} bytes of IL\n");
        for (var i = 0; i < rules.Rules.Count; i++)
        {
            var rule = $"    {i + 1} {rules.Rules[i].Name}: ";
            if (program.Filters.Programs[i] is { } filter) text.Append($"{rule}{filter.Length} instructions of cBPF\n");
            else if (program.Filters.Rejections.TryGetValue(i, out var words)) text.Append($"{rule}never matches: {words}\n");
        }
    }
}
