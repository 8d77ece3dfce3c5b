using Pipeline.Host.Doctor;
using Pipeline.Nic.Devices.Machine;
using Xunit;

namespace Pipeline.Host.Tests.Doctor;

public sealed class InterfaceJudgeTests
{
    [Fact]
    public void Hardware_and_a_veth_that_have_everything_are_ok() =>
        Assert.All(Judge(MadeUp.Hardware).Concat(Judge(MadeUp.Veth)), f => Assert.Equal((FindingLevel.Ok, null), (f.Level, f.Fix)));

    [Fact]
    public void An_interface_that_is_down_gives_nothing_to_any_backend()
    {
        var found = Of("link", MadeUp.Hardware with { Interface = MadeUp.Hardware.Interface with { IsUp = false } });

        Assert.True(found.Stops("afpacket") && found.Stops("afxdp"));
        Assert.Equal("ip link set eth0 up", found.Fix);
    }

    [Fact]
    public void A_veth_without_a_carrier_is_mended_at_its_other_end() =>
        Assert.Equal("ip link set vb up", Of("link", MadeUp.Veth with { HasCarrier = false }).Fix);

    [Fact]
    public void The_loopback_is_copied_and_not_taken_from()
    {
        var found = Of("link type", MadeUp.Hardware with { Interface = MadeUp.Hardware.Interface with { Name = "lo", Hardware = "loopback" } });

        Assert.False(found.Stops("afpacket"));
        Assert.True(found.Stops("afxdp"));
        Assert.Equal("copy it: -i lo:afpacket", found.Fix);
    }

    [Fact]
    public void A_link_whose_header_is_not_read_stops_both() =>
        Assert.True(Of("link type", MadeUp.Hardware with { Interface = MadeUp.Hardware.Interface with { Hardware = "wifi-monitor" } }).Stops("afpacket"));

    [Fact]
    public void A_driver_that_runs_no_programs_leaves_generic_mode() =>
        Assert.StartsWith("generic", Of("mode", MadeUp.Hardware with { DriverXdp = new DriverXdp(false, false, false) }).Says);

    [Fact]
    public void A_driver_that_cannot_be_asked_is_noted() =>
        Assert.Equal(FindingLevel.Note, Of("mode", MadeUp.Hardware with { DriverXdp = null }).Level);

    [Fact]
    public void A_peer_that_sends_on_more_queues_than_there_are_keeps_programs_out_of_the_driver()
    {
        var found = Of("mode", MadeUp.Veth with { Peer = MadeUp.Peer with { TransmitQueues = 4 } });

        Assert.Equal("ethtool -L vb tx 1, or ethtool -L va rx 4", found.Fix);
        Assert.StartsWith("generic: the driver refuses programs while vb sends on 4 queues and va receives on 1", found.Says);
    }

    [Fact]
    public void A_program_that_is_attached_is_named()
    {
        var found = Of("xdp program", MadeUp.Hardware with { XdpAttached = "native", XdpProgram = 17 });

        Assert.True(found.Stops("afxdp"));
        Assert.Contains("program 17 is attached (native)", found.Says);
        Assert.Contains("bpftool prog show id 17", found.Fix);
    }

    [Fact]
    public void The_process_that_holds_a_program_is_named()
    {
        var found = Of("xdp program", MadeUp.Hardware with { XdpAttached = "native", XdpProgram = 17, XdpHolder = new(4711, "dotnet") });

        Assert.Equal(("program 17 is attached (native) by dotnet (process 4711), and an interface has one", "end it: kill 4711"), (found.Says, found.Fix));
    }

    [Theory]
    [InlineData(8, "ethtool -L eth0 combined 8, or ask for 4")]
    [InlineData(9, "ask for 4, or for none to have all")]
    public void More_queues_than_there_are_is_wrong_and_the_way_out_depends_on_the_hardware(int wanted, string fix)
    {
        var found = InterfaceJudge.Of(MadeUp.Hardware, MadeUp.Machine.Kernel, wanted).Single(f => f.What == "queues");

        Assert.Equal(($"4 receive queues, and {wanted} are asked for", fix), (found.Says, found.Fix));
        Assert.False(found.Stops("afpacket"));
    }

    [Fact]
    public void Queues_that_only_send_are_noted_because_a_socket_may_be_bound_to_them() =>
        Assert.Equal(FindingLevel.Note, Of("queues", MadeUp.Veth with { Channels = (1, 2) }).Level);

    [Fact]
    public void Whoever_holds_a_queue_is_named()
    {
        var found = Judge(MadeUp.Hardware with { Holders = [new QueueHolder(2, 4711, "xdpsock")] }).Single(f => f is { What: "queues", Level: FindingLevel.Wrong });

        Assert.Equal(("queue 2 is held by xdpsock (process 4711)", "end it: kill 4711"), (found.Says, found.Fix));
    }

    [Fact]
    public void Whoever_might_hold_a_queue_is_named_where_the_kernel_tells_no_more()
    {
        var found = Judge(MadeUp.Hardware with { Holders = [new QueueHolder(null, 4711, "xdpsock")] }).Single(f => f is { What: "queues", Level: FindingLevel.Note });

        Assert.StartsWith("xdpsock (process 4711) has AF_XDP sockets; this kernel does not tell", found.Says);
    }

    [Theory]
    [InlineData(3506, "6.1.0", FindingLevel.Ok)]
    [InlineData(3507, "6.1.0", FindingLevel.Ok)]
    [InlineData(3507, "5.15.0", FindingLevel.Note)]
    public void What_a_peer_may_send_must_fit_where_the_kernel_knows_no_parts(int mtu, string kernel, object level) =>
        Assert.Equal((FindingLevel)level, InterfaceJudge.Of(MadeUp.Veth with { Peer = MadeUp.Peer with { Mtu = mtu } }, kernel, null).Single(f => f.What == "mtu").Level);

    [Theory]
    [InlineData("tx-vlan-hw-insert", "txvlan", "ethtool -K vb txvlan off")]
    [InlineData("tx-generic-segmentation", "gso", "ethtool -K vb tso off gso off")]
    [InlineData("tx-checksum-ip-generic", "checksums", "ethtool -K vb tx off")]
    public void Offloads_of_a_peer_change_what_is_seen(string feature, string what, string fix) =>
        Assert.Equal(fix, Of(what, MadeUp.Veth with { Peer = MadeUp.Peer with { Features = MadeUp.On(feature) } }).Fix);

    [Theory]
    [InlineData("rx-vlan-hw-parse", "rxvlan", "ethtool -K eth0 rxvlan off")]
    [InlineData("rx-lro", "lro", "ethtool -K eth0 lro off")]
    [InlineData("rx-gro", "gro", "ethtool -K eth0 gro off")]
    public void Offloads_of_hardware_change_what_is_seen(string feature, string what, string fix) =>
        Assert.Equal(fix, Of(what, MadeUp.Hardware with { Features = MadeUp.On(feature) }).Fix);

    [Fact]
    public void Beside_a_program_in_the_driver_a_veth_is_better_off_with_gro() =>
        Assert.Equal("ethtool -K va gro on", Of("gro", MadeUp.Veth with { Features = new Dictionary<string, bool> { ["rx-gro"] = false } }).Fix);

    [Fact]
    public void A_peer_in_another_namespace_is_not_guessed_at() =>
        Assert.Contains("is not seen", Of("peer", MadeUp.Veth with { Peer = null, HasPeerElsewhere = true }).Says);

    [Theory]
    [InlineData("tun", "ethernet", "tun", "that of a TAP")]
    [InlineData("macvtap", "ethernet", "macvlan", "that of a macvtap")]
    public void A_TAP_and_a_macvtap_have_another_end(string kind, string hardware, string driver, string says)
    {
        var found = InterfaceJudge.OtherEnd(Virtual(kind, hardware, driver));

        Assert.Equal((FindingLevel.Ok, says), (found.Level, found.Says));
    }

    [Theory]
    [InlineData("macvlan", "ethernet", "macvlan", "it is no TAP and no macvtap")]
    [InlineData("tun", "none", "tun", "it is a TUN, without Ethernet headers")]
    [InlineData("veth", "ethernet", "veth", "it is no TAP and no macvtap")]
    [InlineData(null, "ethernet", "ixgbe", "it is no TAP and no macvtap")]
    public void What_is_no_TAP_and_no_macvtap_has_no_other_end_whatever_its_driver(string? kind, string hardware, string driver, string says)
    {
        var found = InterfaceJudge.OtherEnd(Virtual(kind, hardware, driver));

        Assert.True(found.Stops("tap"));
        Assert.Equal((says, "ip tuntap add dev NAME mode tap multi_queue"), (found.Says, found.Fix));
    }

    [Fact]
    public void A_macvtap_whose_node_is_another_users_cannot_be_read_and_one_without_a_node_needs_one()
    {
        var macvtap = Virtual("macvtap", "ethernet", "macvlan");

        var (foreign, absent) = (InterfaceJudge.OtherEnd(macvtap with { CanOpenNode = false }), InterfaceJudge.OtherEnd(macvtap with { CanOpenNode = null }));

        Assert.True(foreign.Stops("tap"));
        Assert.Equal("sudo chown \"$USER\" /dev/tap4, or root", foreign.Fix);
        Assert.Equal(FindingLevel.Note, absent.Level);
        Assert.Contains("CAP_MKNOD", absent.Says);
    }

    private static InterfaceFacts Virtual(string? kind, string hardware, string driver) =>
        MadeUp.Hardware with { Kind = kind, Driver = driver, CanOpenNode = kind == "macvtap" ? true : null, Interface = MadeUp.Hardware.Interface with { Hardware = hardware } };

    private static IReadOnlyList<Finding> Judge(InterfaceFacts nic) => [.. InterfaceJudge.Of(nic, MadeUp.Machine.Kernel, null)];

    private static Finding Of(string what, InterfaceFacts nic) => Judge(nic).Single(f => f.What == what);
}
