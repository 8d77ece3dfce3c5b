using System.Globalization;
using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Devices.Machine;

/// <summary>What this process has of the machine that interfaces are read with: kernel, privileges, limits. Any thread.</summary>
public sealed record MachineFacts
{
    /// <summary>The kernel's release, such as <c>6.18.44</c>; empty where it does not say.</summary>
    public string Kernel { get; init; } = "";

    /// <summary>The capabilities that the process can use now, one bit each (<see cref="Linux.Capabilities.Has"/>).</summary>
    public ulong Capabilities { get; init; }

    /// <summary>Bytes that the process may lock in memory; <see cref="ulong.MaxValue"/> without a limit.</summary>
    public ulong MostLockedBytes { get; init; } = ulong.MaxValue;

    /// <summary>
    /// kernel.unprivileged_bpf_disabled (Documentation/admin-guide/sysctl/kernel.rst): 0 lets every user load BPF programs; null where
    /// the kernel has no such setting.
    /// </summary>
    public int? UnprivilegedBpfDisabled { get; init; }

    /// <summary>
    /// net.core.bpf_jit_enable (Documentation/admin-guide/sysctl/net.rst): 0 interprets BPF programs; null where that cannot be read.
    /// </summary>
    public int? BpfJit { get; init; }

    /// <summary>Whether the process can open <c>/dev/net/tun</c>, which every TAP needs; null where that is not there.</summary>
    public bool? CanOpenTun { get; init; }

    /// <summary>Whether libpcap is installed, which compiles expressions and filters.</summary>
    public bool HasLibpcap { get; init; }

    /// <summary>Reads them. Nothing is changed, and no rights are needed.</summary>
    /// <param name="proc">Stands in for <c>/proc</c>.</param>
    public static MachineFacts Read(string proc = "/proc") => new()
    {
        Kernel = Text(proc, "sys/kernel/osrelease"),
        Capabilities = Linux.Capabilities.In(Text(proc, "self/status")),
        MostLockedBytes = Resource.MostLockedBytes(),
        UnprivilegedBpfDisabled = Number(proc, "sys/kernel/unprivileged_bpf_disabled"),
        BpfJit = Number(proc, "sys/net/core/bpf_jit_enable"),
        CanOpenTun = Unistd.CanReadAndWrite(IfTun.Path),
        HasLibpcap = Libpcap.Instance is not null,
    };

    private static int? Number(string proc, string file) =>
        int.TryParse(Text(proc, file), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string Text(string proc, string file) => OptionalFiles.Text(Path.Combine(proc, file))?.Trim() ?? "";
}
