using Pipeline.Host.Doctor;
using Pipeline.Nic.Devices.Machine;
using Pipeline.Nic.Linux;
using Xunit;

namespace Pipeline.Host.Tests.Doctor;

public sealed class MachineJudgeTests
{
    private const long Pool = 8 << 20;

    [Fact]
    public void A_machine_that_has_everything_is_ok() => Assert.All(Judge(MadeUp.Machine), f => Assert.Equal((FindingLevel.Ok, null), (f.Level, f.Fix)));

    [Theory]
    [InlineData("5.4.0-200-generic", FindingLevel.Wrong)]
    [InlineData("6.1.0", FindingLevel.Note)]
    [InlineData("6.6.1", FindingLevel.Ok)]
    [InlineData("10.0", FindingLevel.Ok)]
    [InlineData("", FindingLevel.Wrong)]
    public void A_kernel_may_be_too_old_to_take_packets(string release, object level) =>
        Assert.Equal((FindingLevel)level, Of("kernel", MadeUp.Machine with { Kernel = release }).Level);

    [Fact]
    public void Copying_needs_one_capability_only()
    {
        var found = Judge(MadeUp.Machine with { Capabilities = MadeUp.Set(Capability.NetRaw) });

        Assert.DoesNotContain(found, f => f.Stops("afpacket"));
        Assert.Equal(["CAP_NET_ADMIN", "CAP_BPF", "CAP_PERFMON"], found.Where(f => f.Stops("afxdp")).Select(f => f.What));
    }

    [Fact]
    public void The_fix_gives_all_that_taking_needs_and_no_more_than_copying_needs()
    {
        var nothing = MadeUp.Machine with { Capabilities = 0 };

        Assert.Equal("sudo setcap cap_net_raw,cap_net_admin,cap_bpf,cap_perfmon+ep \"$(command -v pipeline)\", or root", Of("CAP_NET_RAW", nothing).Fix);
        Assert.Equal(
            "sudo setcap cap_net_raw+ep \"$(command -v pipeline)\", or root",
            MachineJudge.Of(nothing, Pool, takes: false).First(f => f.What == "CAP_NET_RAW").Fix);
    }

    [Fact]
    public void The_old_capability_of_administrators_stands_for_newer_ones_but_not_for_packet_sockets()
    {
        var found = Judge(MadeUp.Machine with { Capabilities = MadeUp.Set(Capability.SysAdmin) });

        Assert.Equal(["CAP_NET_RAW"], found.Where(f => f.Level == FindingLevel.Wrong).Select(f => f.What));
    }

    [Fact]
    public void A_TAP_needs_the_capability_that_its_driver_asks_for_and_no_other()
    {
        var found = MachineJudge.OfTap(MadeUp.Machine with { Capabilities = ~MadeUp.Set(Capability.NetAdmin) }).ToList();

        Assert.Equal(["CAP_NET_ADMIN"], found.Where(f => f.Stops("tap")).Select(f => f.What));
        Assert.Equal("sudo setcap cap_net_admin+ep \"$(command -v pipeline)\", or root", found[0].Fix);
        Assert.DoesNotContain(MachineJudge.OfTap(MadeUp.Machine with { Capabilities = MadeUp.Set(Capability.NetAdmin) }), f => f.Stops("tap"));
    }

    [Theory]
    [InlineData(false, "sudo chmod 0666 /dev/net/tun (its driver asks for CAP_NET_ADMIN all the same), or root")]
    [InlineData(null, "modprobe tun")]
    public void A_TAP_needs_the_device_that_its_descriptors_come_from(bool? canOpen, string fix)
    {
        var found = MachineJudge.OfTap(MadeUp.Machine with { CanOpenTun = canOpen }).Single(f => f.Stops("tap"));

        Assert.Equal(("/dev/net/tun", fix), (found.What, found.Fix));
    }

    [Theory]
    [InlineData(8UL << 20, FindingLevel.Ok)]
    [InlineData((8UL << 20) - 1, FindingLevel.Wrong)]
    public void Locked_memory_must_suffice_for_the_pool(ulong limit, object level) =>
        Assert.Equal((FindingLevel)level, Of("memlock", MadeUp.Machine with { MostLockedBytes = limit }).Level);

    [Fact]
    public void Too_little_locked_memory_is_mended_by_a_limit_that_suffices() =>
        Assert.StartsWith("ulimit -l 8192 ", Of("memlock", MadeUp.Machine with { MostLockedBytes = 65536 }).Fix);

    [Fact]
    public void A_capability_lifts_the_limit_of_locked_memory() =>
        Assert.Equal(FindingLevel.Ok, Of("memlock", MadeUp.Machine with { MostLockedBytes = 0, Capabilities = MadeUp.Set(Capability.IpcLock) }).Level);

    [Fact]
    public void Programs_that_are_interpreted_are_noted() =>
        Assert.Equal("sysctl net.core.bpf_jit_enable=1", Of("bpf jit", MadeUp.Machine with { BpfJit = 0 }).Fix);

    [Fact]
    public void Without_libpcap_it_works_but_for_expressions() =>
        Assert.Equal(FindingLevel.Note, Of("libpcap", MadeUp.Machine with { HasLibpcap = false }).Level);

    private static IReadOnlyList<Finding> Judge(MachineFacts machine) => [.. MachineJudge.Of(machine, Pool, takes: true)];

    private static Finding Of(string what, MachineFacts machine) => Judge(machine).Single(f => f.What == what);
}
