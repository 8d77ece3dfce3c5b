using Pipeline.Nic.Devices.Machine;
using Pipeline.Nic.Linux;

namespace Pipeline.Host.Tests.Doctor;

/// <summary>Facts about a machine and its interfaces on which everything is as it should be.</summary>
internal static class MadeUp
{
    public static readonly MachineFacts Machine = new()
    {
        Kernel = "6.12.4-amd64",
        Capabilities = Set(Capability.NetRaw, Capability.NetAdmin, Capability.Bpf, Capability.PerfMon),
        MostLockedBytes = ulong.MaxValue,
        UnprivilegedBpfDisabled = 2,
        BpfJit = 1,
        CanOpenTun = true,
        HasLibpcap = true,
    };

    public static readonly InterfaceFacts Hardware = new()
    {
        Interface = new MachineInterface(4, "eth0", true, "up", "ethernet", "02:00:00:00:00:01", 1500, 4, 4, "ixgbe"),
        HasCarrier = true,
        Driver = "ixgbe",
        Channels = (4, 4),
        MostReceiving = 8,
        Features = new Dictionary<string, bool> { ["rx-gro"] = false, ["rx-lro"] = false },
        DriverXdp = new DriverXdp(true, true, false),
    };

    public static readonly PeerFacts Peer = new("vb", 1500, 1, new Dictionary<string, bool>());

    public static readonly InterfaceFacts Veth = Hardware with
    {
        Interface = new MachineInterface(5, "va", true, "up", "ethernet", "02:00:00:00:00:02", 1500, 1, 1, null),
        Kind = "veth",
        Driver = "veth",
        Channels = (1, 1),
        MostReceiving = 1,
        Features = new Dictionary<string, bool> { ["rx-gro"] = true },
        Peer = Peer,
    };

    public static ulong Set(params Capability[] capabilities) => capabilities.Aggregate(0UL, (set, c) => set | (1UL << (int)c));

    public static IReadOnlyDictionary<string, bool> On(params string[] features) => features.ToDictionary(f => f, _ => true);
}
