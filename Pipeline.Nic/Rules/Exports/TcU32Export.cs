using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Rules.Exports;

/// <summary>
/// Rules as filters of Linux' u32. Each step that moves a rule's base becomes a link from one hash table with a single bucket to the next.
/// </summary>
internal sealed class TcU32Export(ExportScript script, string interfaceName)
{
    /// <summary>Handles from 800: on are the kernel's own (TC_U32_ROOT, linux/pkt_cls.h).</summary>
    private const int LastTable = 0x7ff;

    private readonly TcFilters _tc = new(script, interfaceName);
    private int _table = 1;

    public void Write(RuleSet rules)
    {
        script.Comment($"{rules.Rules.Count} rules of {rules.Source.Name}, for tc's u32 filter (tc-u32(8))");
        _tc.Begin("u32 match u32 0 0 at -4", "cls_u32");
        // After a third tag of this old type, u32 finds the headers at other places than rules do.
        script.Comment("tags of type 0x9100 are no tags to Linux");
        script.Command($"{_tc.NextRule()} u32 match u32 0x00009100 0x0000ffff at -4 {TcFilters.Leave}");
        foreach (var rule in rules.Rules) script.Rule(rule, () => Write(rule));
    }

    private void Write(MarkRule rule)
    {
        if (rule is not TermRule terms) throw new NotExpressibleException("u32 has no words for a pcap-filter; cbpf has");
        var u32 = U32Rule.Of(terms);
        if (TaggedOnly.TagOf(terms) is { } tag)
            throw new NotExpressibleException(tag == EtherType.OldServiceVlan
                ? "it matches tagged packets only, and this export leaves all of them unmarked"
                : TaggedOnly.Reason);
        var starts = u32.Starts.Select(s => s.Keys()).ToList();
        var below = u32.Levels.Skip(1).Select(l => l.Keys()).ToList();
        if (_table + u32.Steps.Count > LastTable + 1)
            throw new NotExpressibleException($"u32 has {LastTable} tables for moved bases, and they are taken");

        var add = _tc.NextRule();
        if (u32.Difference is { } difference) script.Comment(difference);
        var action = TcFilters.ActionOf(rule);
        for (var i = below.Count - 1; i >= 0; i--)
        {
            script.Command($"{add} handle {_table:x}: u32 divisor 1");
            script.Command($"{add} u32 ht {_table:x}: {below[i]} {action}");
            action = $"link {_table++:x}: {u32.Steps[i]}";
        }

        foreach (var start in starts) script.Command($"{add} u32 {start} {action}");
    }
}
