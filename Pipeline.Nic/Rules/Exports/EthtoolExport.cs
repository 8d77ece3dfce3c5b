namespace Pipeline.Nic.Rules.Exports;

/// <summary>
/// Rules as filters of the NIC. Locations are in the order of the rules. If several match, the lowest wins (struct
/// ethtool_rx_flow_spec, linux/ethtool.h).
/// </summary>
internal sealed class EthtoolExport(ExportScript script, string interfaceName)
{
    private int _location;

    public void Write(RuleSet rules)
    {
        script.Comment($"{rules.Rules.Count} rules of {rules.Source.Name}, for the filters of a NIC (ethtool(8), --config-ntuple)");
        script.Comment("ethtool sets no mark: packets of mark N go to receive queue N. Queues: ethtool -l; filters in force: ethtool -n.");
        script.Comment("In masks (m) the bits that are set do not count. Tagged packets are as the NIC sees them.");
        script.Comment("The guards of keep-out are no part of this: a packet in another queue is still the kernel's.");
        script.Comment("Kernel modules: none but the NIC's driver. Running this again writes over the same locations; others stay.");
        script.Comment($"Undo: ethtool -N {interfaceName} delete N, N from 0");
        script.Command($"ethtool -K {interfaceName} ntuple on");
        foreach (var rule in rules.Rules) script.Rule(rule, () => Write(rule));
    }

    private void Write(MarkRule rule)
    {
        if (rule is not TermRule terms) throw new NotExpressibleException("a NIC has no words for a pcap-filter");
        if (rule.Continue) throw new NotExpressibleException("a NIC's filter ends the search; it has no continue");
        if (TaggedOnly.TagOf(terms) is not null)
            throw new NotExpressibleException("it looks at a VLAN tag, and where a NIC sees one is its driver's affair");
        var queue = rule.ApplyTo(0);
        if (queue == 0) throw new NotExpressibleException("a mark of 0 is none, and names no queue");
        if (queue > ushort.MaxValue) throw new NotExpressibleException($"the mark 0x{queue:x} is no number of a queue");
        var flow = EthtoolFlow.Of(terms);
        script.Command($"ethtool -N {interfaceName} flow-type {flow.Words} action {queue} loc {_location++}");
    }
}
