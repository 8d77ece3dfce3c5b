namespace Pipeline.Nic.Rules.Exports;

/// <summary>The common part of the exports to <c>tc</c>: one priority per rule, marks, and the guard before the rules.</summary>
internal sealed class TcFilters(ExportScript script, string interfaceName)
{
    /// <summary>
    /// Priorities below are left to existing filters. They have 16 bits (TC_H_MAJ of tcm_info, linux/rtnetlink.h).
    /// </summary>
    private const int FirstPriority = 1000;
    private const int GuardPriorities = 10;
    private const int LastPriority = 65535;

    private static readonly string[] TagProtocols = ["802.1Q", "802.1ad"];

    private int _priority = FirstPriority;

    /// <param name="everything">A filter that matches every packet, in the target's language.</param>
    public void Begin(string everything)
    {
        script.Comment("Linux takes VLAN tags off before tc sees a packet, so offsets would not be those of the rules: tagged packets");
        script.Comment("are left unmarked. The guards of keep-out are no part of this: a mark by itself takes no packet away.");
        script.Comment(
            $"Undo: tc filter del dev {interfaceName} ingress pref N, N from {FirstPriority}; or tc qdisc del dev {interfaceName} clsact");
        script.Command($"tc qdisc replace dev {interfaceName} clsact");
        foreach (var protocol in TagProtocols)
            script.Command($"tc filter add dev {interfaceName} ingress pref {_priority++} protocol {protocol} {everything} flowid 1:1");
        _priority = FirstPriority + GuardPriorities;
    }

    /// <summary>
    /// Gives the next rule a priority of its own, so that a filter that gives up on a short packet does not stop the others.
    /// </summary>
    /// <returns>The start of a command that adds a filter.</returns>
    public string NextRule()
    {
        if (_priority > LastPriority) throw new NotExpressibleException($"tc has priorities up to {LastPriority} only");
        return $"tc filter add dev {interfaceName} ingress pref {_priority++} protocol all";
    }

    /// <summary>Sets the mark. The first match wins, unless the rule continues (tc-skbedit(8), tc-actions(8)).</summary>
    public static string ActionOf(MarkRule rule)
    {
        var mask = rule.MarkMask == uint.MaxValue ? "" : $"/0x{rule.MarkMask:x}";
        return $"action skbedit mark 0x{rule.Mark & rule.MarkMask:x}{mask} {(rule.Continue ? "continue" : "pass")}";
    }
}
