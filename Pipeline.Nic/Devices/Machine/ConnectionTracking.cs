using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Devices.Machine;

/// <summary>Whether the kernel tracks connections in this network namespace, and how a program asks about them.</summary>
public static class ConnectionTracking
{
    private static readonly string[] Functions = ["bpf_xdp_ct_lookup", "bpf_ct_release"];

    /// <summary>
    /// Looks now. The kernel tracks nothing until a rule of its firewall asks for it, and it does not say whether one does. So tracking is
    /// on when at least one connection is tracked.
    /// </summary>
    /// <param name="proc">Stands in for <c>/proc</c>.</param>
    /// <returns>
    /// The numbers of the functions that look a connection up and release it; null where nothing is tracked, or where the kernel does not
    /// offer the functions as a part of itself.
    /// </returns>
    public static (int Lookup, int Release)? Read(string proc = "/proc")
    {
        if (!IsOn(Path.Combine(proc, "sys/net/netfilter/nf_conntrack_count"))) return null;
        return KernelFunctions.NumbersOf(Functions) is [var lookup, var release] ? (lookup, release) : null;
    }

    private static bool IsOn(string count) => int.TryParse(OptionalFiles.Text(count), out var tracked) && tracked > 0;
}
