using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Pipeline.Nic.Devices.AfXdp;
using Pipeline.Nic.Devices.Machine;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Rules.Ebpf;
using Pipeline.Nic.Tests.Rules;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.Machine;

/// <summary>What the kernel of this machine says, over the sockets and system calls that ask it.</summary>
public sealed class InterfaceFactsTests
{
    private const int ChunkBytes = 4096;
    private const int Chunks = 16;

    [Fact]
    public void Loopback_is_no_veth_and_has_no_driver_that_runs_programs()
    {
        var facts = Read("lo")!;

        Assert.Null(facts.Kind);
        Assert.Null(facts.Peer);
        Assert.False(facts.HasPeerElsewhere);
        Assert.NotEqual(true, facts.DriverXdp?.RunsPrograms);
    }

    [Fact]
    public void An_interface_that_has_gone_has_no_facts()
    {
        using var reader = new InterfaceFactsReader();

        Assert.Null(reader.Read(new MachineInterface(9, "plxgone0", true, "up", "ethernet", "", 1500, 1, 1, null)));
    }

    [FactThatNeeds(Need.Root | Need.Ethtool)]
    public void The_features_of_a_veth_are_those_that_ethtool_shows()
    {
        using var wire = new VethWire();

        var facts = Read(wire.Near)!;

        Assert.Equal(("veth", "veth", true, true), (facts.Kind, facts.Driver, facts.HasCarrier, facts.HasPeerElsewhere));
        Assert.Equal((1, 1), facts.Channels);
        foreach (var (feature, name) in new[] { ("rx-gro", "generic-receive-offload"), ("tx-vlan-hw-insert", "tx-vlan-offload"), ("tx-tcp-segmentation", "tcp-segmentation-offload") })
            Assert.Equal(Tool.Run("ethtool", "-k", wire.Near).Output.Contains($"{name}: on"), facts.Features[feature]);
    }

    [FactThatNeeds(Need.Root)]
    public void A_socket_that_is_bound_to_a_queue_is_found_with_its_process()
    {
        using var wire = new VethWire();
        var memory = Marshal.AllocHGlobal((Chunks + 1) * ChunkBytes);

        using var socket = BoundSocket(wire.Index, memory);

        // A kernel that does not tell queues is asked for processes that have such rings.
        var queue = XdpDiagnosis.Sockets() is null ? (int?)null : 0;
        var ring = mmap(0, ChunkBytes, 1, 1, (int)socket.DangerousGetHandle(), 0x100000000);
        Assert.NotEqual(-1, ring);
        Assert.Contains(new QueueHolder(queue, Environment.ProcessId, File.ReadAllText("/proc/self/comm").TrimEnd()), Read(wire.Near)!.Holders);
        Assert.Equal(0, munmap(ring, ChunkBytes));
        socket.Dispose();
        Marshal.FreeHGlobal(memory);
    }

    [TheoryThatNeeds(Need.Root)]
    [InlineData(XdpMode.Native, "native")]
    [InlineData(XdpMode.Generic, "generic")]
    public void A_program_that_is_attached_is_found_with_its_mode(XdpMode mode, string word)
    {
        using var wire = new VethWire();
        using var program = LoadedXdpProgram.Load(XdpProgram.Compile(RuleText.Valid("rule all match 0:00:00 mark 1"), [], []));
        using var link = XdpLink.Attach(program, wire.Near, wire.Index, mode);

        var facts = Read(wire.Near)!;

        Assert.Equal(word, facts.XdpAttached);
        Assert.NotEqual(0u, facts.XdpProgram);
    }

    [FactThatNeeds(Need.Root)]
    public void The_node_of_a_macvtap_is_found_by_its_device_and_not_by_its_name()
    {
        using var wire = new TapWire(isMacvtap: true);
        var index = wire.Inside("cat", $"/sys/class/net/{wire.Name}/ifindex").Trim();
        var node = $"/dev/tap{index}";
        var own = wire.Inside("cat", $"/sys/class/net/{wire.Name}/tap{index}/dev").Trim();

        Assert.Equal([null, null, true], new[] { null, "1:3", own }.Select(CanOpen));
        File.Delete(node);

        bool? CanOpen(string? device)
        {
            File.Delete(node);
            if (device is not null) wire.Inside(["mknod", node, "c", .. device.Split(':')]);
            return Read(wire.Name)!.CanOpenNode;
        }
    }

    [Fact]
    public void The_right_to_open_a_file_is_that_of_the_process_and_nothing_is_not_forbidden()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["shut"], "");
        Tool.Run("chmod", "000", folder["shut"]);

        Assert.Equal([true, Environment.IsPrivilegedProcess, null], new[] { "/dev/null", folder["shut"], folder["absent"] }.Select(Unistd.CanReadAndWrite));
    }

    /// <summary>
    /// The least that a socket needs to be bound: memory, its two rings, and a ring to receive (Documentation/networking/af_xdp.rst).
    /// </summary>
    private static SafeFileHandle BoundSocket(int netdev, nint memory)
    {
        // Linux, include/linux/socket.h and include/uapi/linux/if_xdp.h
        const int AF_XDP = 44, SOL_XDP = 283, XDP_RX_RING = 2, XDP_UMEM_REG = 4, XDP_UMEM_FILL_RING = 5, XDP_UMEM_COMPLETION_RING = 6, XDP_COPY = 2;
        var socket = SysSocket.Create(AF_XDP, SysSocket.SOCK_RAW, 0, "test");
        SysSocket.SetOption(socket, SOL_XDP, XDP_UMEM_REG, new Memory((ulong)((memory + ChunkBytes - 1) / ChunkBytes * ChunkBytes), Chunks * ChunkBytes, ChunkBytes, 0), "umem");
        foreach (var ring in new[] { XDP_UMEM_FILL_RING, XDP_UMEM_COMPLETION_RING, XDP_RX_RING }) SysSocket.SetOption(socket, SOL_XDP, ring, 8, "ring");
        SysSocket.Bind(socket, new Address(AF_XDP, XDP_COPY, netdev, 0, 0), "test");
        return socket;
    }

    private static InterfaceFacts? Read(string name)
    {
        using var reader = new InterfaceFactsReader();
        return reader.Read(MachineInterfaces.Read().Single(i => i.Name == name));
    }

    // void *mmap(void *addr, size_t length, int prot, int flags, int fd, off_t offset);
    [DllImport("libc", SetLastError = true)]
    private static extern nint mmap(nint addr, nint length, int prot, int flags, int fd, long offset);

    // int munmap(void *addr, size_t length);
    [DllImport("libc", SetLastError = true)]
    private static extern int munmap(nint addr, nint length);

    /// <summary>struct xdp_umem_reg, linux/if_xdp.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Memory(ulong Address, ulong Length, uint ChunkBytes, uint Headroom);

    /// <summary>struct sockaddr_xdp, linux/if_xdp.h.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Address(ushort Family, ushort Flags, int Interface, int Queue, uint SharedMemory);
}
