using Pipeline.Nic.Headers;
using Pipeline.Nic.Rules.Cbpf;

namespace Pipeline.Nic.Rules.Exports;

/// <summary>Rules as classic BPF: a filter of <c>tc</c> for each, and all of them as one program.</summary>
internal sealed class CbpfExport(ExportScript script, string interfaceName)
{
    /// <summary>There is no point in trying more: a rule has at least six instructions.</summary>
    private const int MostRulesTogether = RuleAssembler.MostInstructions / 6;

    private readonly TcFilters _tc = new(script, interfaceName);
    private readonly List<MarkRule> _exported = [];

    public void Write(RuleSet rules)
    {
        script.Comment($"{rules.Rules.Count} rules of {rules.Source.Name}, for tc's bpf filter (tc-bpf(8)), for Ethernet");
        _tc.Begin("bpf bytecode '1,6 0 0 262144'", "cls_bpf");
        foreach (var rule in rules.Rules) script.Rule(rule, () => Write(rule));
        if (_exported.Count > 0) WriteTogether();
    }

    private void Write(MarkRule rule)
    {
        var program = RuleAssembler.Of(rule);
        if (IsTaggedOnly(rule, program)) throw new NotExpressibleException(TaggedOnly.Reason);
        script.Command($"{_tc.NextRule()} bpf bytecode '{CbpfBytecode.Of(program)}' {TcFilters.ActionOf(rule)}");
        _exported.Add(rule);
    }

    /// <summary>
    /// For terms, a packet of type 0x9100 is like any other, and Linux leaves it alone. A filter that says <c>vlan</c> means all tags.
    /// </summary>
    private static bool IsTaggedOnly(MarkRule rule, CbpfProgram program) =>
        rule is TermRule terms ? TaggedOnly.TagOf(terms) is { } tag && tag != EtherType.OldServiceVlan : TaggedOnly.Is(program);

    private void WriteTogether()
    {
        script.Command("");
        try
        {
            if (_exported.Count > MostRulesTogether) throw new NotExpressibleException("it has too many instructions");
            var program = RuleAssembler.Of(_exported);
            script.Comment("All of these as one program, which returns the mark; for SO_ATTACH_FILTER and others that read tcpdump -ddd:");
            script.Command($"pipeline_marks='{CbpfBytecode.Of(program)}'");
        }
        catch (NotExpressibleException e)
        {
            script.Comment($"There is no one program for all of them: {e.Message}");
        }
    }
}
