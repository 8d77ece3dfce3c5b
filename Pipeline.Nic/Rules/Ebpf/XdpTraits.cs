namespace Pipeline.Nic.Rules.Ebpf;

/// <summary>What a program does besides deciding about packets.</summary>
/// <param name="HasFragments">
/// Whether it declares that it can have packets in several pieces, of which it sees the first. Drivers with large packets ask for that
/// (Linux 5.18, BPF_F_XDP_HAS_FRAGS).
/// </param>
/// <param name="MakesCopies">
/// Whether it copies packets that stay with the kernel and that a verdict wants a copy of. Otherwise it takes those, and so it does where
/// it cannot run all of the rules.
/// </param>
public readonly record struct XdpTraits(bool HasFragments, bool MakesCopies);
