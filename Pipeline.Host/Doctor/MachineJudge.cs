using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.Machine;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Linux;

namespace Pipeline.Host.Doctor;

/// <summary>Judges what is the same for all interfaces: kernel, privileges, limits, libraries. It looks nothing up.</summary>
internal static class MachineJudge
{
    private const string Tun = "/dev/net/tun";

    /// <summary>XDP programs are attached by links since then (Linux, commit aa8d3a716b59).</summary>
    private static readonly Version Links = new(5, 9);

    /// <summary>Sockets take packets in several parts since then (XDP_USE_SG, Linux, include/uapi/linux/if_xdp.h).</summary>
    private static readonly Version Parts = new(6, 6);

    /// <summary>What taking packets needs. CAP_SYS_ADMIN stands for all but the first of them.</summary>
    private static readonly Capability[] NeededToTake = [Capability.NetRaw, Capability.NetAdmin, Capability.Bpf, Capability.PerfMon];

    /// <param name="lockedBytes">Bytes of packet memory that a backend registers with the kernel, which count as locked.</param>
    /// <param name="takes">Whether packets are to be taken, so that all capabilities are worth giving, or copied only.</param>
    public static IEnumerable<Finding> Of(MachineFacts machine, long lockedBytes, bool takes)
    {
        yield return Kernel(machine.Kernel);
        var give = takes ? NeededToTake : [Capability.NetRaw];
        foreach (var capability in NeededToTake) yield return Held(machine, capability, Give(give));
        yield return Memory(machine, lockedBytes);
        yield return Bpf(machine);
        yield return Jit(machine);
        yield return machine.HasLibpcap
            ? Finding.Ok(Finding.Machine, "libpcap", "installed", Finding.Both)
            : Finding.Note(Finding.Machine, "libpcap", "not installed: expressions and `filter` rules cannot be used", "apt-get install libpcap0.8", Finding.Both);
    }

    /// <summary>
    /// What a TAP needs. Its driver asks for CAP_NET_ADMIN alone, and CAP_SYS_ADMIN does not stand for that (Linux, drivers/net/tun.c). A macvtap
    /// needs none of it: the right to open its node suffices.
    /// </summary>
    public static IEnumerable<Finding> OfTap(MachineFacts machine)
    {
        var name = Capabilities.NameOf(Capability.NetAdmin);
        yield return Capabilities.Has(machine.Capabilities, Capability.NetAdmin)
            ? Finding.Ok(Finding.Machine, name, "held", Finding.AtOtherEnd)
            : Finding.Wrong(Finding.Machine, name, $"missing, and {Backends.NameOfOtherEnd} needs it for a TAP that is not this user's own", Give([Capability.NetAdmin]), Finding.AtOtherEnd);
        yield return machine.CanOpenTun switch
        {
            true => Finding.Ok(Finding.Machine, Tun, "can be opened", Finding.AtOtherEnd),
            false => Finding.Wrong(Finding.Machine, Tun, "cannot be opened: it is another user's", $"sudo chmod 0666 {Tun} (its driver asks for {name} all the same), or root", Finding.AtOtherEnd),
            null => Finding.Wrong(Finding.Machine, Tun, "not there: this kernel makes no TAPs before", "modprobe tun", Finding.AtOtherEnd),
        };
    }

    /// <summary>The leading two numbers of a release; 0.0 where it does not begin with them.</summary>
    public static Version VersionOf(string release)
    {
        var numbers = release.Split('.', '-', '+', '~');
        return numbers.Length > 1 && int.TryParse(numbers[0], out var major) && int.TryParse(numbers[1], out var minor) ? new Version(major, minor) : new Version(0, 0);
    }

    private static Finding Kernel(string release)
    {
        var version = VersionOf(release);
        var says = $"Linux {(release.Length == 0 ? "of an unknown release" : Quoted.Short(release))}";
        if (version < Links) return Finding.Wrong(Finding.Machine, "kernel", $"{says}: programs that take packets are attached by links, which came with {Links}", "a newer kernel; packets can be copied", Finding.Taking);
        return version < Parts
            ? Finding.Note(Finding.Machine, "kernel", $"{says}: packets larger than a page cannot be taken before {Parts}, and are lost", null, Finding.Taking)
            : Finding.Ok(Finding.Machine, "kernel", says, Finding.Both);
    }

    private static Finding Held(MachineFacts machine, Capability capability, string fix)
    {
        var name = Capabilities.NameOf(capability);
        var matters = capability == Capability.NetRaw ? Finding.Both : Finding.Taking;
        if (Capabilities.Has(machine.Capabilities, capability)) return Finding.Ok(Finding.Machine, name, "held", matters);
        var byOther = capability != Capability.NetRaw && Capabilities.Has(machine.Capabilities, Capability.SysAdmin);
        return byOther
            ? Finding.Ok(Finding.Machine, name, $"held by way of {Capabilities.NameOf(Capability.SysAdmin)}", matters)
            : Finding.Wrong(Finding.Machine, name, $"missing, and {string.Join(" and ", matters)} need{(matters.Count == 1 ? "s" : "")} it", fix, matters);
    }

    private static Finding Memory(MachineFacts machine, long lockedBytes)
    {
        var need = ByteSize.Text(lockedBytes);
        if (Capabilities.Has(machine.Capabilities, Capability.IpcLock)) return Finding.Ok(Finding.Machine, "memlock", $"no limit ({Capabilities.NameOf(Capability.IpcLock)}); {need} needed", Finding.Taking);
        if (machine.MostLockedBytes == ulong.MaxValue) return Finding.Ok(Finding.Machine, "memlock", $"no limit; {need} needed", Finding.Taking);
        var limit = ByteSize.Text((long)Math.Min(machine.MostLockedBytes, long.MaxValue));
        return (ulong)lockedBytes <= machine.MostLockedBytes
            ? Finding.Ok(Finding.Machine, "memlock", $"{limit}; {need} needed", Finding.Taking)
            : Finding.Wrong(
                Finding.Machine, "memlock", $"{limit}, and the packets' memory needs {need}",
                $"ulimit -l {(lockedBytes + 1023) / 1024} (LimitMEMLOCK= in a unit), or {Give([.. NeededToTake, Capability.IpcLock])}", Finding.Taking);
    }

    private static Finding Bpf(MachineFacts machine) => Finding.Ok(
        Finding.Machine,
        "unprivileged bpf",
        machine.UnprivilegedBpfDisabled switch
        {
            null => "the kernel has no such setting",
            0 => "every user may load BPF programs (kernel.unprivileged_bpf_disabled = 0); nothing here needs that",
            var value => $"off (kernel.unprivileged_bpf_disabled = {value}), so that capabilities are needed",
        },
        Finding.Taking);

    private static Finding Jit(MachineFacts machine) => machine.BpfJit == 0
        ? Finding.Note(Finding.Machine, "bpf jit", "off: every packet costs several times as much", "sysctl net.core.bpf_jit_enable=1", Finding.Taking)
        : Finding.Ok(Finding.Machine, "bpf jit", machine.BpfJit is null ? "cannot be read in this network namespace" : "on", Finding.Taking);

    private static string Give(IEnumerable<Capability> capabilities) =>
        $"sudo setcap {string.Join(',', capabilities.Select(c => Capabilities.NameOf(c).ToLowerInvariant()))}+ep \"$(command -v pipeline)\", or root";
}
