using Pipeline.Nic.Diagnostics;

namespace Pipeline.Nic.Rules.Linting;

/// <summary>Warns of rules that can have no effect, as they are read. They are nearly always mistakes.</summary>
internal sealed class RuleLint(SourceText source, RuleDiagnostics report)
{
    private readonly Dictionary<MarkRule, MarkRule> _conditions = new(SameCondition.Instance);
    private readonly ShadowSearch _shadows = new(source.Lines);
    private readonly ConditionLayouts _layouts = new();

    /// <param name="name">The place of the rule's name.</param>
    public void Check(MarkRule rule, TextSpan name)
    {
        var isRepeated = WarnIfRepeated(rule, name);
        if (rule is not TermRule terms || isRepeated || !terms.Terms.All(t => t.CanMatch)) return;
        var bits = _layouts.Read(terms.Terms);
        if (bits.Contradiction is { } pair)
            report.Warning(name, $"rule '{rule.Name}' can never match: '{pair.First}' and '{pair.Second}' contradict each other");
        else if (_shadows.FindOrAdd(terms, bits) is { } earlier) WarnOfShadow(rule, earlier, name);
    }

    /// <returns>Whether there is an earlier rule with the very same condition that ends the search.</returns>
    private bool WarnIfRepeated(MarkRule rule, TextSpan name)
    {
        Growth.MakeRoom(_conditions, source.Lines);
        if (_conditions.TryAdd(rule, rule)) return false;
        var earlier = _conditions[rule];
        if (!earlier.Continue)
        {
            WarnOfShadow(rule, earlier, name);
            return true;
        }

        var writesTheSame = earlier.Mark == rule.Mark && earlier.MarkMask == rule.MarkMask;
        if (writesTheSame) report.Warning(name, $"rule '{rule.Name}' does what {Shown(earlier)} did already");
        _conditions[rule] = rule;
        return false;
    }

    private void WarnOfShadow(MarkRule rule, MarkRule earlier, TextSpan name) =>
        report.Warning(name, $"rule '{rule.Name}' can never match: shadowed by {Shown(earlier)}");

    private string Shown(MarkRule rule) => $"'{rule.Name}' (line {source.PositionOf(rule.Span.Start).Line})";
}
