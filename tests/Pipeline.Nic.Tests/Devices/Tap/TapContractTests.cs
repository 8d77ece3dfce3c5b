using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.Tap;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Tests.Devices.AfPacket;
using Pipeline.Nic.Tests.Devices.Contract;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.Tap;

[Needs(Need.Root)]
public sealed class TapContractTests : TapLikeContract
{
    private protected override bool IsMacvtap => false;

    [ContractFact]
    public void A_TAP_that_nobody_made_is_made_and_up_and_gone_at_the_end()
    {
        using (var device = new OnTap(made: false))
        {
            Assert.Null(Opened(device).Trouble);
            Assert.Contains("multi_queue", device.Wire.Inside("ip", "-d", "link", "show", "dev", "plx0"));
            device.Nic.Dispose();
            Assert.DoesNotContain("plx0", device.Wire.Inside("ip", "-o", "link"));
        }
    }

    [ContractFact]
    public void One_that_it_made_itself_is_made_again_when_somebody_deletes_it()
    {
        using var device = new OnTap(made: false);
        using var reader = new QueueReader(device.Queue);
        Opened(device);
        device.Wire.Delete();
        while (reader.Receive() != ReceiveStatus.Empty)
        {
        }

        var packets = Packets(3);
        device.Send(packets);
        reader.ReceiveUntil(() => reader.Packets.Count == 3);

        Assert.Equal(packets, reader.Packets);
    }

    [ContractFact]
    public void Several_queues_share_the_flows_and_get_all_packets_once()
    {
        using var device = new OnTap(options: new TapOptions { Queues = 3, Pages = 512 });
        var packets = Flows.Of(30, packetsEach: 10);
        device.Send(packets);

        var received = new List<byte[]>();
        foreach (var queue in device.Nic.Queues)
        {
            using var reader = new QueueReader(queue);
            reader.HoldAll();
            Assert.InRange(reader.Packets.Count, 1, packets.Length - 1);
            received.AddRange(reader.Packets);
        }

        Assert.Equal(packets.Select(Convert.ToHexString).Order(), received.Select(Convert.ToHexString).Order());
    }

    [ContractFact]
    public void One_that_was_made_for_one_queue_is_read_by_one_and_refused_to_others()
    {
        using var wire = new TapWire(made: false);
        wire.Inside("ip", "tuntap", "add", "dev", wire.Name, "mode", "tap");
        using var nic = wire.Inside(() => TapNic.Open(wire.Name));

        var refusal = Assert.Throws<UnavailableException>(() => wire.Inside(() => TapNic.Open(wire.Name)));

        Assert.Equal(
            "plx0 has somebody at its other end and was made for one; expected one made by `ip tuntap add dev plx0 mode tap multi_queue`",
            refusal.Message);
    }

    [ContractFact]
    public void Checksums_that_the_stack_left_undone_are_told_where_offloads_are_taken()
    {
        using var device = new OnTap(options: new TapOptions { TakesOffloads = true, Pages = 64 });
        using var reader = new QueueReader(device.Queue);
        device.Wire.Inside("ip", "address", "add", "10.9.0.1/24", "dev", device.Wire.Name);
        device.Wire.Inside("ip", "neigh", "add", "10.9.0.2", "lladdr", "02:00:00:00:00:09", "dev", device.Wire.Name);
        device.Wire.Inside(() =>
        {
            using var udp = new System.Net.Sockets.UdpClient();
            return udp.Send(new byte[100], "10.9.0.2", 9);
        });

        Assert.True(SpinWait.SpinUntil(() => reader.Receive() == ReceiveStatus.Received && reader.Packets.Any(p => p.Length == 142), TimeSpan.FromSeconds(30)));

        var flags = reader.Held.SelectMany(FlagsOf).ToList();
        Assert.Contains(PacketFlags.ChecksumPending, flags);
    }

    [ContractFact]
    public void A_packet_that_is_longer_than_a_page_is_cut_and_says_so()
    {
        using var device = new OnTap();
        using var reader = new QueueReader(device.Queue);
        device.Wire.Inside("ip", "link", "set", device.Wire.Name, "mtu", "9000");
        var packet = new byte[5000];
        Packets(1)[0].CopyTo(packet, 0);

        device.Send([packet]);
        while (reader.Receive() != ReceiveStatus.Received)
        {
        }

        Assert.Equal([packet[..2048]], reader.Packets);
        Assert.Equal((1, 5000u), (((TapQueue)device.Queue).Cut, reader.Held[0].Packets[0].WireLength));
    }

    [ContractFact]
    public void What_waited_in_the_interfaces_queue_when_it_was_closed_counts_as_lost()
    {
        using var device = new OnTap();
        using var reader = new QueueReader(device.Queue);
        device.Send(Packets(100));
        while (reader.Receive() != ReceiveStatus.Received)
        {
        }

        device.Nic.Dispose();
        reader.ReadLosses();

        Assert.InRange(reader.Packets.Count, 1, 99);
        Assert.Equal(100 - reader.Packets.Count, reader.Account.Lost(DeviceLoss.KernelDrops));
    }

    [ContractFact]
    public void An_interface_of_another_kind_is_refused_by_its_kind()
    {
        using var wire = new TapWire(made: false);
        wire.Inside("ip", "tuntap", "add", "dev", "tun0", "mode", "tun");

        Assert.Equal(
            "lo is no TAP: it is no virtual interface; expected a TAP, a macvtap, or a name that is free",
            Assert.Throws<UnavailableException>(() => wire.Inside(() => TapNic.Open("lo"))).Message);
        Assert.StartsWith(
            "tun0 is no TAP: it is a TUN, without Ethernet headers",
            Assert.Throws<UnavailableException>(() => wire.Inside(() => TapNic.Open("tun0"))).Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "tap%d: the kernel would put a number for the %",
            Assert.Throws<UnavailableException>(() => TapNic.Open("tap%d")).Message, StringComparison.Ordinal);
    }

    [ContractFact]
    public void One_whose_pages_cannot_be_had_leaves_neither_interface_nor_sockets_behind()
    {
        using var wire = new TapWire(made: false);
        var before = wire.Inside("cat", "/proc/net/netlink").Split('\n').Length;

        // 12.8 GB: a page is larger than usual where offloads are taken.
        Assert.Throws<ArgumentException>(() => wire.Inside(() => TapNic.Open(wire.Name, new TapOptions { TakesOffloads = true, Pages = 100_000 })));

        Assert.DoesNotContain(wire.Name, wire.Inside("ip", "-o", "link"));
        Assert.Equal(before, wire.Inside("cat", "/proc/net/netlink").Split('\n').Length);
    }

    [ContractFact]
    public void One_that_gets_another_name_is_still_read()
    {
        using var device = new OnTap();
        using var reader = new QueueReader(device.Queue);
        Opened(device);
        var packets = Packets(5);
        device.Send(packets[..1]);

        device.Wire.SetUp(false);
        device.Wire.Inside("ip", "link", "set", device.Wire.Name, "name", "other0");
        device.Wire.Inside("ip", "link", "set", "other0", "up");
        using var sender = device.Wire.SocketOn("other0");
        foreach (var packet in packets[1..]) sender.Send(packet);
        reader.ReceiveUntil(() => reader.Packets.Count == 5);

        Assert.Equal(packets, reader.Packets);
    }

    private static IEnumerable<PacketFlags> FlagsOf(PageBundle bundle)
    {
        var all = new List<PacketFlags>();
        foreach (ref readonly var packet in bundle.Packets) all.Add(packet.Flags);
        return all;
    }
}

[Needs(Need.Root)]
public sealed class MacvtapContractTests : TapLikeContract
{
    private protected override bool IsMacvtap => true;

    [ContractFact]
    public void What_comes_on_the_wire_for_its_address_is_received()
    {
        using var device = new OnTap(isMacvtap: true);
        using var reader = new QueueReader(device.Queue);
        var packets = Packets(5);

        foreach (var packet in packets) device.Wire.Below!.Send(packet);
        reader.ReceiveUntil(() => reader.Packets.Count == 5);

        Assert.Equal(packets, reader.Packets);
    }

    [ContractFact]
    public void One_whose_node_is_missing_or_another_interfaces_gets_one_that_is_gone_when_it_is_open()
    {
        using var wire = new TapWire(isMacvtap: true);
        var node = $"/dev/tap{wire.Inside("cat", $"/sys/class/net/{wire.Name}/ifindex").Trim()}";
        File.Delete(node);
        wire.Inside("mknod", node, "c", "1", "3");
        using var nic = TapNic.Open(wire.Name);
        using var reader = new QueueReader(nic.Queues[0]);

        wire.Send(Packets(1)[0]);
        reader.ReceiveUntil(() => reader.Packets.Count == 1);
        File.Delete(node);

        Assert.Equal(Packets(1), reader.Packets);
        Assert.Empty(Directory.GetFiles("/dev", $".pipeline-tap-{Environment.ProcessId}-*"));
    }
}

/// <summary>What a TAP and a macvtap have in common.</summary>
public abstract class TapLikeContract : LiveNicContract
{
    private protected abstract bool IsMacvtap { get; }

    private protected override LiveUnderTest OpenLive() => new OnTap(IsMacvtap);

    [ContractFact]
    public void It_is_live_and_no_copy_and_takes_nothing_that_this_machine_would_miss()
    {
        using var device = new OnTap(IsMacvtap);
        Assert.Equal((true, false, false), (device.Nic.Traits.IsLive, device.Nic.Traits.IsCopy, device.Nic.Traits.TakesFromStack));
    }

    private protected static INicQueue Opened(DeviceUnderTest device)
    {
        Assert.True(device.Queue.TryOpen());
        return device.Queue;
    }
}
