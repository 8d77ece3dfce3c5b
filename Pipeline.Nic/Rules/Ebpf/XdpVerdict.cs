namespace Pipeline.Nic.Rules.Ebpf;

/// <summary>What becomes of packets by their mark: the first that holds decides, and what none decides stays with the kernel.</summary>
/// <param name="Value">Holds where the mark's bits under <paramref name="Mask"/> are these.</param>
/// <param name="Takes">Whether such packets are taken off the kernel.</param>
public readonly record struct XdpVerdict(uint Value, uint Mask, bool Takes);
