using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Exports;
using Pipeline.TestSupport;

namespace Pipeline.Nic.Tests.Rules.Fuzzing;

/// <summary>Makes up a rule file by a seed, breaks two of three, and gives it to all that reads rules but libpcap.</summary>
internal sealed class RuleFuzz
{
    /// <summary>What reading may allocate for a text without characters, and for each character; two-letter errors cost most.</summary>
    private const long FixedAllocation = 256 * 1024;
    private const long AllocationPerCharacter = 4096;

    /// <summary>Sets that are compiled, of which each costs as much as hundreds that are read.</summary>
    private const int Compiled = 50;

    private long _sound;
    private long _rules;
    private long _tables;

    public string Seen => $"{_sound} sound, with {_rules} rules, of {_tables} of them tables";

    public bool HasMetAll => _sound > 0 && _rules > 0 && _tables > 0;

    /// <exception cref="FuzzException">The text, and what is wrong.</exception>
    public void Once(ulong seed)
    {
        var chance = new Chance(seed);
        var text = RandomRuleText.Make(chance);
        if (!chance.OneIn(3)) text = TextMutation.Apply(text, RandomRuleText.Pieces, chance);
        try
        {
            if (Parse(text) is { } rules) Use(rules, chance);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw FuzzException.Of(e, text);
        }
    }

    private static RuleSet? Parse(string text)
    {
        var source = new SourceText("fuzz.rules", text);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var rules = RuleParser.Parse(source, out var diagnostics);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;

        FuzzException.Unless(allocated < FixedAllocation + (AllocationPerCharacter * text.Length), $"{allocated} bytes were allocated");
        FuzzException.Unless(rules is null == diagnostics.Any(d => d.Severity == Severity.Error), "there are errors and rules, or neither");
        FuzzException.Unless(diagnostics.Count <= RuleParser.MostDiagnostics + 1, $"{diagnostics.Count} diagnostics");
        foreach (var diagnostic in diagnostics) FuzzedDiagnostic.Check(diagnostic);
        return rules;
    }

    private void Use(RuleSet rules, Chance chance)
    {
        _sound++;
        _rules += rules.Rules.Count;
        ComparePrinted(rules);
        if (chance.OneIn(Compiled / 4)) Explain(rules, chance);
        if (!chance.OneIn(Compiled)) return;
        _tables++;
        var table = MarkTable.Compile(rules with { Rules = [.. rules.Rules.OfType<TermRule>()] });
        foreach (var linkType in (ReadOnlySpan<LinkType>)[LinkType.Ethernet, LinkType.Null, (LinkType)chance.Below(300)])
            FuzzException.Unless(table.Prepare(linkType).Count == 0, "a term is rejected");
        FuzzException.Unless(table.Describe().Length > 0, "a table has no words");
    }

    /// <summary>What is printed means the same, and is printed the same.</summary>
    private static void ComparePrinted(RuleSet rules)
    {
        var printed = Print(rules);
        var again = RuleParser.Parse(new SourceText("printed.rules", printed), out var diagnostics);
        FuzzException.Unless(again is not null, $"what was printed is refused: {(diagnostics.Count > 0 ? diagnostics[0] : null)}");
        FuzzException.Unless(Print(again!) == printed, $"printed is\n{printed}\nand again\n{Print(again!)}");
        FuzzException.Unless(again!.Rules.Zip(rules.Rules).All(p => IsSame(p.First, p.Second)), $"printed is something else:\n{printed}");
    }

    private static bool IsSame(MarkRule one, MarkRule other)
    {
        if (one.Name != other.Name || one.Mark != other.Mark || one.MarkMask != other.MarkMask || one.Continue != other.Continue) return false;
        if (one is not TermRule terms) return one is FilterRule f && other is FilterRule g && f.Expression == g.Expression;
        return other is TermRule others && terms.Terms.Count == others.Terms.Count && terms.Terms.Zip(others.Terms).All(p => IsSame(p.First, p.Second));
    }

    private static bool IsSame(Term one, Term other) =>
        one.Width == other.Width && one.Mask == other.Mask && one.Value == other.Value && one.Address.Base == other.Address.Base
            && one.Address.Offset == other.Address.Offset && one.Address.Steps.SequenceEqual(other.Address.Steps);

    private static string Print(RuleSet rules) =>
        string.Concat([.. rules.LiftedGuards.Select(g => $"keep-out off {g}\n"), .. rules.Rules.Select(r => $"{r}\n")]);

    private static void Explain(RuleSet rules, Chance chance)
    {
        ReadOnlySpan<ProgramForm?> forms = [null, ProgramForm.Il, ProgramForm.Cbpf, ProgramForm.Ebpf];
        var terms = rules with { Rules = [.. rules.Rules.OfType<TermRule>()] };
        foreach (var rule in terms.Rules.Take(3))
            FuzzException.Unless(RuleExplanation.Of(rule, LinkType.Ethernet, chance.Of(forms)).Length > 0, $"nothing is said of {rule}");
        var export = RuleExport.Of(terms, chance.Of([ExportTarget.TcU32, ExportTarget.Ethtool, ExportTarget.Cbpf]), "eth0");
        foreach (var refused in export.Refused) FuzzedDiagnostic.Check(refused);
    }
}
