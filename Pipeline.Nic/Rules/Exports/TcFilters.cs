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

    /// <summary>
    /// A class that no qdisc has. It is on every filter here, and on nothing else, so that a second run finds what the first one left.
    /// Filters at ingress have no use for a class but to carry it.
    /// </summary>
    private const string Ours = "flowid 706c:";

    private static readonly string[] TagProtocols = ["802.1Q", "802.1ad"];

    private int _priority = FirstPriority;

    /// <param name="everything">A filter that matches every packet, in the target's language.</param>
    /// <param name="classifier">The kernel's module for that language.</param>
    public void Begin(string everything, string classifier)
    {
        script.Comment("Linux takes VLAN tags off before tc sees a packet, so offsets would not be those of the rules: tagged packets");
        script.Comment("are left unmarked. The guards of keep-out are no part of this: a mark by itself takes no packet away.");
        script.Comment($"Kernel modules: sch_ingress (clsact), {classifier}, act_skbedit");
        script.Comment("A command that fails ends the script: rules behind one that is missing would be other rules.");
        script.Command("set -e");
        script.Command($"tc qdisc replace dev {interfaceName} clsact");
        RemoveOurs();
        foreach (var protocol in TagProtocols)
            script.Command($"tc filter add dev {interfaceName} ingress pref {_priority++} protocol {protocol} {everything} {Ours}");
        _priority = FirstPriority + GuardPriorities;
    }

    /// <summary>
    /// <c>tc filter replace</c> adds where it is given no handle, and handles of u32 are the kernel's to give. So what there was goes
    /// first, also that of other rules. The highest goes first: the filters in front keep tagged packets away to the last.
    /// </summary>
    /// <remarks>
    /// A priority's tables of u32 outlive it while another u32 is at the same place (tp_c of net/sched/cls_u32.c), and come back with it. A
    /// table goes once nothing leads to it: first what stands in the kernel's own tables, from 800 on, then ours. They are listed with the
    /// newest first, which is the one that leads to the next. The kernel forgets what led to a table a moment after that is gone, so a
    /// table is tried again until it is not listed.
    /// </remarks>
    private void RemoveOurs()
    {
        var (show, delete) = ($"tc filter show dev {interfaceName} ingress", $"tc filter del dev {interfaceName} ingress pref \"$pref\"");
        script.Comment("What such a script left goes first, so that running it again leaves the same. This loop by itself is the undo.");
        var ours = $"^filter .* pref \\([0-9]*\\) .*[ *]{Ours}\\( .*\\)\\{{0,1\\}}$";
        script.Command($"for pref in $({show} | sed -n 's/{ours}/\\1/p' | sort -rnu); do");
        script.Command($"  list=$({show} pref \"$pref\" | sed -n 's/^filter .* fh //p')");
        script.Command("  starts=$(echo \"$list\" | sed -n 's/^\\([89a-f][0-9a-f][0-9a-f]::[0-9a-f]*\\) .*/\\1/p')");
        script.Command("  tables=$(echo \"$list\" | sed -n 's/^\\([0-7]\\{0,1\\}[0-9a-f]\\{1,2\\}:\\) ht .*/\\1/p')");
        script.Command($"  for handle in $starts; do {delete} protocol all handle \"$handle\" u32 2>/dev/null || :; done");
        script.Command("  for handle in $tables; do for try in 1 2 3 4 5 6 7 8 9; do");
        script.Command($"    {show} pref \"$pref\" | grep -q \" fh $handle ht \" || break");
        script.Command($"    {delete} protocol all handle \"$handle\" u32 2>/dev/null || sleep 0.1 || sleep 1");
        script.Command("  done; done");
        script.Command($"  {delete} 2>/dev/null || :");
        script.Command("done");
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

    /// <summary>A filter that marks nothing, and keeps what it matches from the filters behind it.</summary>
    public static string Leave => Ours;

    /// <summary>Sets the mark. The first match wins, unless the rule continues (tc-skbedit(8), tc-actions(8)).</summary>
    public static string ActionOf(MarkRule rule)
    {
        var mask = rule.MarkMask == uint.MaxValue ? "" : $"/0x{rule.MarkMask:x}";
        return $"{Ours} action skbedit mark 0x{rule.Mark & rule.MarkMask:x}{mask} {(rule.Continue ? "continue" : "pass")}";
    }
}
