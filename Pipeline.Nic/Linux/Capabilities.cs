using System.Globalization;

namespace Pipeline.Nic.Linux;

/// <summary>Capabilities that a device can need, by their numbers in linux/capability.h.</summary>
public enum Capability
{
    /// <summary>Changes of interfaces; with <see cref="Bpf"/>, programs on them.</summary>
    NetAdmin = 12,

    /// <summary>Packet sockets and AF_XDP sockets.</summary>
    NetRaw = 13,

    /// <summary>Locked memory beyond the limit.</summary>
    IpcLock = 14,

    /// <summary>Includes <see cref="Bpf"/> and <see cref="PerfMon"/>.</summary>
    SysAdmin = 21,

    /// <summary>Perf buffers, and pointers in BPF programs.</summary>
    PerfMon = 38,

    /// <summary>BPF programs and maps.</summary>
    Bpf = 39,
}

/// <summary>linux/capability.h: sets of capabilities, as /proc/self/status shows them (proc(5)).</summary>
public static class Capabilities
{
    private const string Effective = "CapEff:";

    /// <summary>The capabilities that a process can use now, one bit each.</summary>
    /// <param name="status">Stands in for <c>/proc/self/status</c>.</param>
    /// <returns>0 where the text does not say.</returns>
    public static ulong In(string status)
    {
        foreach (var line in status.Split('\n'))
        {
            if (!line.StartsWith(Effective, StringComparison.Ordinal)) continue;
            var digits = line.AsSpan(Effective.Length).Trim();
            return ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var set) ? set : 0;
        }

        return 0;
    }

    /// <summary>Whether a set has a capability.</summary>
    public static bool Has(ulong set, Capability capability) => (set & (1UL << (int)capability)) != 0;

    /// <summary>The name that capabilities(7) gives it.</summary>
    public static string NameOf(Capability capability) => capability switch
    {
        Capability.NetAdmin => "CAP_NET_ADMIN",
        Capability.NetRaw => "CAP_NET_RAW",
        Capability.IpcLock => "CAP_IPC_LOCK",
        Capability.SysAdmin => "CAP_SYS_ADMIN",
        Capability.PerfMon => "CAP_PERFMON",
        _ => "CAP_BPF",
    };
}
