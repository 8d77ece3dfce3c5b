using System.Text;
using Pipeline.Nic.Rules.Guards;
using Pipeline.Nic.Rules.Il;
using Pipeline.Nic.Rules.Planning;

namespace Pipeline.Nic.Rules;

/// <summary>Prints a compiled rule set.</summary>
internal static class MarkTableListing
{
    public static string Of(RuleSet rules, IReadOnlyList<Guard> guards, IReadOnlyList<MarkProgram> programs)
    {
        var text = new StringBuilder();
        text.Append($"generation {rules.Generation}: {rules.Rules.Count} rules\n");
        if (guards.Count > 0) text.Append($"kept out before them: {string.Join(", ", guards.Select(g => g.Name))}\n");
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
        var il = program.Ranges.Sum(r => r.IlBytes);
        var tables = program.Ranges.Sum(r => r.Tables.Bytes);
        text.Append($"link type {LinkTypeName.Of(program.Link)}: {Counted(program.Ranges.Count, "method")}, {il} bytes of IL, {tables} "
            + "bytes of tables\n");
        foreach (var range in program.Ranges) AppendRange(text, range, program.Conditions);
        if (program.HasFlat) text.Append("    and a method without branches, for when many packets match\n");
        if (program.CompiledRules < rules.Rules.Count)
            text.Append($"    rules {program.CompiledRules + 1} to {rules.Rules.Count} are interpreted\n");
        foreach (var (rule, words) in program.Filters.Rejections)
            text.Append($"    {rule + 1} {rules.Rules[rule].Name}: never matches: {words}\n");
    }

    /// <summary>The questions of a method in the order they are asked, each with the first rule that it can find.</summary>
    private static void AppendRange(StringBuilder text, CompiledRange compiled, GuardConditions guards)
    {
        var range = compiled.Range;
        var (first, end) = (Math.Max(0, range.First - guards.Count), range.End - guards.Count);
        if (end > first) text.Append($"    rules {first + 1} to {end}\n");
        foreach (var probe in range.Finals) text.Append($"        from {guards.Shown(probe.Lowest)}: {Question(probe, compiled.Tables)}\n");
        foreach (var probe in range.Continuing)
            text.Append($"        from {guards.Shown(probe.Lowest)}, continue: {Question(probe, compiled.Tables)}\n");
        if (range.NeverMatching.Count > 0) text.Append($"        never: {string.Join(", ", range.NeverMatching.Select(guards.Shown))}\n");
    }

    private static string Question(Probe probe, RangeTables tables)
    {
        if (probe is not TupleProbe tuple) return probe.ToString()!;
        var rules = Counted(tuple.Rules, "rule");
        var how = tables.TableOf(tuple) is { } table ? $"table of {table.Slots} slots of {table.SlotBytes} bytes" : "compared";
        return $"{tuple}, {rules}, {how}";
    }

    private static string Counted(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";
}
