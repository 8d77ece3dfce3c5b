namespace Pipeline.Nic.Rules.Exports;

/// <summary>The targets that rules are exported to.</summary>
public enum ExportTarget
{
    /// <summary>Linux' <c>u32</c> filter (tc-u32(8)).</summary>
    TcU32,

    /// <summary>A NIC's own filters (ethtool(8), <c>--config-ntuple</c>).</summary>
    Ethtool,

    /// <summary>Classic BPF, for Linux' <c>bpf</c> filter (tc-bpf(8)).</summary>
    Cbpf,
}
