using System.Buffers.Binary;
using System.Net.Sockets;
using System.Net;
using Pipeline.Nic.Devices.AfPacket;
using Pipeline.Nic.Devices.AfXdp;
using Pipeline.Nic.Devices.Tap;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Tests.Devices.AfPacket;
using Pipeline.Nic.Tests.Devices.Contract;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.Tap;

/// <summary>Sending into a TAP, and looking at what comes in on it.</summary>
[Needs(Need.Root)]
public sealed class TapTransmitterTests : TransmitterContract
{
    private readonly TapWire _wire = null!;

    public TapTransmitterTests()
    {
        if (Environment.UserName == "root") _wire = new TapWire();
    }

    private protected override ITransmitter OpenOne() => Open(_wire);

    private protected override void RemoveWire() => _wire?.Dispose();

    [ContractFact]
    public void What_is_sent_comes_in_on_the_interface_and_counts_as_taken()
    {
        using var transmitter = Open(_wire);
        using var inside = _wire.Inside(() => AfPacketNic.Open(_wire.Name, new AfPacketOptions { Blocks = 8 }));
        using var reader = new QueueReader(inside.Queues[0]);
        var packets = Flows.Of(10, packetsEach: 20);

        Assert.True(transmitter.TryTransmit(Bundle(packets)));
        reader.ReceiveUntil(() => reader.Packets.Count == packets.Length);

        Assert.Equal(packets, reader.Packets);
        Assert.Equal((200, 0, 0), Fates);
        Assert.Equal((0, $"tap:{_wire.Name}"), (transmitter.InFlight, transmitter.Name));
    }

    [FactThatNeeds(Need.Root | Need.Nftables)]
    public void A_program_of_this_host_gets_it_past_the_firewall_with_its_checksum_pending_or_not()
    {
        using var transmitter = Open(_wire);
        _wire.Inside("ip", "link", "set", _wire.Name, "address", "02:00:00:00:00:01");
        _wire.Inside("ip", "address", "add", "10.0.0.2/24", "dev", _wire.Name);
        _wire.Inside("nft", "add table ip t; add chain ip t in { type filter hook input priority 0; }; add rule ip t in udp dport 53 counter");
        using var server = _wire.Inside(() => new UdpClient(new IPEndPoint(IPAddress.Parse("10.0.0.2"), 53)));
        server.Client.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        var pending = Flows.Of(1, packetsEach: 1)[0];
        BinaryPrimitives.WriteUInt16BigEndian(pending.AsSpan(24), HeaderChecksum(pending));
        var complete = pending.ToArray();
        Pending(pending);
        Assert.True(PendingChecksum.TryCompute(LinkType.Ethernet, pending, out var at, out var checksum));
        BinaryPrimitives.WriteUInt16BigEndian(complete.AsSpan(at), checksum);
        var bundle = Bundle([pending, complete]);
        bundle.Packets[0].Flags |= PacketFlags.ChecksumPending;

        transmitter.TryTransmit(bundle);

        IPEndPoint? from = null;
        for (var i = 0; i < 2; i++) Assert.Equal(pending[42..], server.Receive(ref from));
        Assert.Contains("packets 2 bytes 96", _wire.Inside("nft", "list", "ruleset"));
        Assert.Equal((2, 0, 0), Fates);
    }

    [ContractFact]
    public void A_pending_checksum_is_completed_where_padding_follows_that_the_kernel_would_count_in()
    {
        using var transmitter = Open(_wire);
        using var inside = _wire.Inside(() => AfPacketNic.Open(_wire.Name, new AfPacketOptions { Blocks = 8 }));
        using var reader = new QueueReader(inside.Queues[0]);
        var exact = Pending(Packets(1)[0]);
        byte[] padded = [.. exact, 1, 2, 3, 4];
        var completed = padded.ToArray();
        PendingChecksum.Complete(LinkType.Ethernet, padded, completed);
        var bundle = Bundle([exact, padded]);
        foreach (ref var packet in bundle.Packets) packet.Flags |= PacketFlags.ChecksumPending;

        transmitter.TryTransmit(bundle);
        reader.ReceiveUntil(() => reader.Packets.Count == 2);

        Assert.NotEqual(padded, completed);
        Assert.Equal([exact, completed], reader.Packets);
    }

    [ContractFact]
    public void Led_on_by_tc_it_comes_in_on_the_interface_it_was_taken_from_and_is_not_taken_again()
    {
        _wire.Inside("ip", "link", "add", "v0", "address", "02:00:00:00:00:01", "type", "veth", "peer", "name", "v1");
        foreach (var end in new[] { "v0", "v1" }) _wire.Inside("ip", "link", "set", end, "up");
        _wire.Inside("ip", "address", "add", "10.0.0.2/24", "dev", "v0");
        // Whether a packet is for this host is decided where it first comes in.
        _wire.Inside("ip", "link", "set", _wire.Name, "address", "02:00:00:00:00:01");
        _wire.Inside("tc", "qdisc", "add", "dev", _wire.Name, "ingress");
        _wire.Inside(
            "tc", "filter", "add", "dev", _wire.Name, "ingress", "protocol", "all", "u32", "match", "u32", "0", "0", "action", "mirred", "ingress",
            "redirect", "dev", "v0");
        using var taking = _wire.Inside(() => AfXdpNic.Open("v0", new AfXdpOptions { Mode = XdpMode.Native, Pages = 512, RingEntries = 256 }));
        taking.Offload.Load(new OffloadedRules { Rules = RuleSet.Empty with { Generation = 1 }, Verdicts = [new MarkVerdict(0, 0, PacketVerdict.Take)] });
        using var server = _wire.Inside(() => new UdpClient(new IPEndPoint(IPAddress.Parse("10.0.0.2"), 53)));
        server.Client.ReceiveTimeout = (int)Patience.TotalMilliseconds;
        using var transmitter = Open(_wire);
        using var reader = new QueueReader(taking.Queues[0]);
        var packet = Packets(1)[0];
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(24), HeaderChecksum(packet));

        transmitter.TryTransmit(Bundle([packet]));

        IPEndPoint? from = null;
        Assert.Equal(packet[42..], server.Receive(ref from));
        reader.HoldAll();
        Assert.DoesNotContain(reader.Packets, p => p.AsSpan().SequenceEqual(packet));
        Assert.False(taking.Traits.SeesWhatIsGivenBack);
    }

    [ContractFact]
    public void Packets_of_a_length_that_the_interface_does_not_take_are_rejected_although_the_kernel_would_take_them()
    {
        using var transmitter = Open(_wire);
        byte[][] packets =
        [
            Sized(60), Sized(13), Sized(1514), Sized(1515), Sized(1518, 0x8100), Sized(1519, 0x8100), Sized(60_000), Sized(14),
        ];

        Assert.True(transmitter.TryTransmit(Bundle(packets)));
        Assert.Equal((4, 0, 4), Fates);
        _wire.Inside("ip", "link", "set", _wire.Name, "mtu", "1000");
        transmitter.Reap();
        transmitter.TryTransmit(Bundle([Sized(1014), Sized(1015)]));
        _wire.Inside("ip", "link", "set", _wire.Name, "mtu", "9000");
        transmitter.TryTransmit(Bundle([Sized(9014)]));

        Assert.Equal((6, 0, 5), Fates);
        Assert.Contains(transmitter.Notes, n => n.StartsWith($"tap:{_wire.Name}: 4 packets not sent: longer than {_wire.Name} takes", StringComparison.Ordinal));
        Assert.Contains($"tap:{_wire.Name}: 1 packets not sent: shorter than an Ethernet header", transmitter.Notes);
    }

    [ContractFact]
    public void While_it_is_down_packets_are_output_errors_once_and_are_taken_when_it_is_up()
    {
        using var transmitter = Open(_wire);
        _wire.SetUp(false);

        transmitter.TryTransmit(Bundle(Flows.Of(1, packetsEach: 100)));
        Assert.Equal((0, 0, 100), Fates);
        Assert.Equal($"{_wire.Name} is down", transmitter.Trouble);
        Assert.Equal(1, _wire.Count("rx_dropped"));
        _wire.SetUp(true);
        transmitter.TryTransmit(Bundle(Packets(100)));
        transmitter.Dispose();

        Assert.Equal((100, 0, 100), Fates);
        Assert.Null(transmitter.Trouble);
        Assert.Equal(_wire.Count("rx_dropped") - 1, transmitter.InterfaceLost);
    }

    [ContractFact]
    public void One_that_is_deleted_and_made_anew_is_sent_into_again()
    {
        using var transmitter = Open(_wire);
        _wire.Delete();

        transmitter.TryTransmit(Bundle(Flows.Of(1, packetsEach: 70)));
        transmitter.TryTransmit(Bundle(Flows.Of(1, packetsEach: 30)));
        Assert.Equal((0, 0, 100), Fates);
        Assert.Equal($"there is no interface {_wire.Name}", transmitter.Trouble);
        _wire.Make();
        Assert.True(SpinWait.SpinUntil(Recovered, Patience));
        transmitter.TryTransmit(Bundle(Packets(50)));

        Assert.Equal((50, 0, 100), Fates);

        bool Recovered()
        {
            transmitter.Reap();
            return transmitter.Trouble is null;
        }
    }

    [ContractFact]
    public void One_that_only_sends_takes_no_part_in_what_the_interface_sends()
    {
        using var device = _wire.Inside(() => TapNic.Open(_wire.Name));
        using var first = Open(_wire);
        using var second = Open(_wire);
        using var reader = new QueueReader(device.Queues[0]);
        var packets = Flows.Of(50, packetsEach: 2);

        second.TryTransmit(Bundle(packets));
        foreach (var packet in packets) _wire.Send(packet);
        reader.HoldAll();

        Assert.Equal(packets, reader.Packets);
        Assert.Equal((100, 0, 0), Fates);
    }

    [ContractFact]
    public void One_that_was_made_for_one_queue_is_sent_into_as_well()
    {
        using var wire = new TapWire(made: false);
        wire.Inside("ip", "tuntap", "add", "dev", wire.Name, "mode", "tap");
        wire.SetUp(true);
        using var transmitter = Open(wire);
        using var inside = wire.Inside(() => AfPacketNic.Open(wire.Name, new AfPacketOptions { Blocks = 8 }));
        using var reader = new QueueReader(inside.Queues[0]);

        Assert.True(transmitter.TryTransmit(Bundle(Packets(3))));
        reader.ReceiveUntil(() => reader.Packets.Count == 3);

        Assert.Equal(Packets(3), reader.Packets);
    }

    [ContractFact]
    public void Into_a_macvtap_packets_go_to_the_wire_and_none_counts_as_taken_while_it_is_down_or_gone()
    {
        using var wire = new TapWire(isMacvtap: true);
        using var transmitter = Open(wire);
        using var far = wire.Below!.Inside(() => AfPacketNic.Open(VethWire.Far, new AfPacketOptions { Blocks = 8 }));
        using var reader = new QueueReader(far.Queues[0]);
        var packets = Packets(10);
        foreach (var packet in packets) packet[5] = 9;

        transmitter.TryTransmit(Bundle(packets));
        reader.ReceiveUntil(() => reader.Packets.Count == 10);
        Assert.Equal(packets, reader.Packets);

        wire.SetUp(false);
        transmitter.Reap();
        Assert.Equal($"{wire.Name} is down", transmitter.Trouble);
        transmitter.TryTransmit(Bundle(packets));
        wire.Delete();
        transmitter.Reap();
        transmitter.TryTransmit(Bundle(packets));
        Assert.Equal((10, 0, 20), Fates);
        wire.Make();
        Assert.True(SpinWait.SpinUntil(Recovered, Patience));
        transmitter.TryTransmit(Bundle(packets));
        Assert.Equal((20, 0, 20), Fates);

        bool Recovered()
        {
            transmitter.Reap();
            return transmitter.Trouble is null;
        }
    }

    private static TapTransmitter Open(TapWire wire) => wire.Inside(() => TapTransmitter.Open(wire.Name));

    private static byte[][] Packets(int count) => Flows.Of(1, packetsEach: count);

    /// <summary>Gives a packet the sum of its pseudo header: 10.0.0.1, 10.0.0.2, UDP, 28 bytes.</summary>
    private static byte[] Pending(byte[] packet)
    {
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(40), 0x1430);
        return packet;
    }

    private static ushort HeaderChecksum(byte[] packet) => InternetChecksum.Compute(packet.AsSpan(14, 20));
}
