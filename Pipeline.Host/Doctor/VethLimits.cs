namespace Pipeline.Host.Doctor;

/// <summary>What veth asks of a peer before it runs programs (Linux, drivers/net/veth.c, veth_xdp_set; measured with 4 KiB pages).</summary>
internal static class VethLimits
{
    /// <summary>The largest MTU of a peer if the program cannot take packets in parts.</summary>
    public const int MostWithoutParts = 3506;

    /// <summary>Programs can take packets in parts since then (BPF_F_XDP_HAS_FRAGS, Linux, include/uapi/linux/bpf.h).</summary>
    public static readonly Version Parts = new(5, 18);
}
