using System.Buffers.Binary;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.AfPacket;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Tests.Devices.Contract;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.AfPacket;

/// <summary>Sending on the near end of a veth pair, and looking at the far end.</summary>
[Needs(Need.Root)]
public sealed class TransmitterTests : TransmitterContract
{
    private readonly VethWire _wire = null!;

    public TransmitterTests()
    {
        if (Environment.UserName == "root") _wire = new VethWire();
    }

    private protected override ITransmitter OpenOne() => PacketTransmitter.Open(_wire.Near);

    private protected override void RemoveWire() => _wire?.Dispose();

    [ContractFact]
    public void What_is_sent_arrives_at_the_far_end_and_counts_as_delivered()
    {
        using var transmitter = PacketTransmitter.Open(_wire.Near);
        using var far = new FarEnd(_wire);
        var packets = Flows.Of(10, packetsEach: 20);

        Assert.True(transmitter.TryTransmit(Bundle(packets)));
        far.ReadUntil(packets.Length);

        Assert.Equal(packets, far.Packets);
        Assert.Equal((200, 0, 0), Fates);
        Assert.Equal(packets.Sum(p => p.Length), Account.DeliveredTally.Bytes);
        Assert.Equal(0, transmitter.InFlight);
    }

    [ContractFact]
    public void A_pending_checksum_is_completed_on_the_way()
    {
        using var transmitter = PacketTransmitter.Open(_wire.Near);
        using var far = new FarEnd(_wire);
        var packet = Flows.Of(1, packetsEach: 1)[0];
        packet.AsSpan(42).Clear();
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(40), 0x1430); // 10.0.0.1, 10.0.0.2, UDP, 28 bytes
        var bundle = Bundle([packet, packet]);
        bundle.Packets[0].Flags |= PacketFlags.ChecksumPending;

        transmitter.TryTransmit(bundle);
        far.ReadUntil(2);

        var completed = packet.ToArray();
        Assert.True(PendingChecksum.TryCompute(LinkType.Ethernet, packet, out var at, out var checksum));
        BinaryPrimitives.WriteUInt16BigEndian(completed.AsSpan(at), checksum);
        Assert.Equal([completed, packet], far.Packets);
        Assert.Equal((2, 0, 0), Fates);
    }

    [ContractFact]
    public void Packets_of_a_length_that_the_interface_does_not_take_are_rejected_and_the_others_are_sent()
    {
        using var transmitter = PacketTransmitter.Open(_wire.Near);
        using var far = new FarEnd(_wire);
        byte[][] packets =
        [
            Sized(60), Sized(13), Sized(1514), Sized(1515), Sized(60), Sized(1518, 0x8100), Sized(1519, 0x8100), Sized(1518, 0x88a8), Sized(60_000),
            Sized(14),
        ];

        Assert.True(transmitter.TryTransmit(Bundle(packets)));
        far.ReadUntil(5);

        Assert.Equal([60, 1514, 60, 1518, 14], far.Packets.Select(p => p.Length));
        Assert.Equal((5, 0, 5), Fates);
        Assert.Contains(transmitter.Notes, n => n.StartsWith($"if:{_wire.Near}: 4 packets not sent: longer than {_wire.Near} takes (MTU 1500)", StringComparison.Ordinal));
        Assert.Contains($"if:{_wire.Near}: 1 packets not sent: shorter than an Ethernet header", transmitter.Notes);
    }

    [ContractFact]
    public void A_change_of_the_mtu_is_followed()
    {
        using var transmitter = PacketTransmitter.Open(_wire.Near);
        using var far = new FarEnd(_wire);
        _wire.InFar("ip", "link", "set", VethWire.Far, "mtu", "9000");

        Mtu(1000);
        transmitter.TryTransmit(Bundle([Sized(60), Sized(1200), Sized(60), Sized(1200)]));
        Assert.Equal((2, 0, 2), Fates);
        Mtu(9000);
        transmitter.TryTransmit(Bundle([Sized(9000), Sized(60)]));

        Assert.Equal((4, 0, 2), Fates);
        far.ReadUntil(4);
    }

    [ContractFact]
    public void While_it_is_down_packets_are_output_errors_and_go_out_when_it_is_up()
    {
        using var transmitter = PacketTransmitter.Open(_wire.Near);
        _wire.SetUp(false);

        Assert.True(transmitter.TryTransmit(Bundle(Flows.Of(1, packetsEach: 100))));
        Assert.Equal((0, 0, 100), Fates);
        Assert.Equal($"{_wire.Near} is down", transmitter.Trouble);
        _wire.SetUp(true);
        transmitter.TryTransmit(Bundle(Flows.Of(1, packetsEach: 100)));

        Assert.Equal((100, 0, 100), Fates);
        Assert.Null(transmitter.Trouble);
    }

    [ContractFact]
    public void One_that_is_deleted_and_made_anew_is_sent_to_again()
    {
        using var transmitter = PacketTransmitter.Open(_wire.Near);
        _wire.Delete();

        transmitter.TryTransmit(Bundle(Flows.Of(1, packetsEach: 70)));
        transmitter.TryTransmit(Bundle(Flows.Of(1, packetsEach: 30)));
        Assert.Equal((0, 0, 100), Fates);
        Assert.Equal($"there is no interface {_wire.Near}", transmitter.Trouble);
        _wire.Make();
        using var far = new FarEnd(_wire);
        transmitter.TryTransmit(Bundle(Flows.Of(1, packetsEach: 100)));
        far.ReadUntil(100);

        Assert.Equal((100, 0, 100), Fates);
        Assert.Null(transmitter.Trouble);
    }

    [ContractFact]
    public void One_that_gave_its_name_away_is_not_sent_to_any_more()
    {
        using var transmitter = PacketTransmitter.Open(_wire.Near);
        using var far = new FarEnd(_wire);
        var (renamed, last) = ($"{_wire.Near}o", Sized(60));

        _wire.GiveNameAway(renamed);
        transmitter.Reap();
        transmitter.TryTransmit(Bundle(Flows.Of(1, packetsEach: 5)));
        var settled = Account.DeliveredTally.Packets + Account.DroppedTally(DropReason.TxFull).Packets;

        // A ring gives a packet out later than it comes in. Behind this one the far end has everything that was sent before.
        using var direct = PacketTransmitter.Open(renamed);
        direct.TryTransmit(Bundle([last]));
        far.ReadUntil(1);

        Assert.Equal(5, settled);
        Assert.Equal([last], far.Packets);
    }

    [ContractFact]
    public void Without_a_carrier_packets_are_told_as_no_room_and_later_as_lost_by_the_interface()
    {
        using var transmitter = PacketTransmitter.Open(_wire.Near);
        _wire.InFar("ip", "link", "set", VethWire.Far, "down");
        var sent = 0;

        Assert.True(SpinWait.SpinUntil(Sent, Patience));

        var (delivered, full, errors) = Fates;
        Assert.Equal((sent, 0), (delivered + full, errors));
        Assert.InRange(transmitter.InterfaceLost, 1, sent);

        bool Sent()
        {
            if (!transmitter.TryTransmit(Keep(Bundle(Flows.Of(1, packetsEach: 1))))) Drop();
            sent++;
            transmitter.Reap();
            return Account.DeliveredTally.Packets > 0 && transmitter.InterfaceLost > 0;
        }
    }

    [ContractFact]
    public void Where_the_socket_has_no_room_the_rest_is_told_as_no_room_and_a_bundle_of_which_nothing_went_stays_untouched()
    {
        using var transmitter = PacketTransmitter.Open(_wire.Near, sendBufferBytes: 16 * 1024);
        var shaping = Tool.Run("tc", "qdisc", "add", "dev", _wire.Near, "root", "tbf", "rate", "8kbit", "burst", "1600", "limit", "1000000");
        Assert.True(shaping.ExitCode == 0, shaping.Errors);

        Assert.True(transmitter.TryTransmit(Bundle([.. Enumerable.Range(0, 200).Select(_ => Sized(1000))])));
        var (delivered, full, errors) = Fates;
        Assert.InRange(delivered, 1, 199);
        Assert.Equal((200, 0), (delivered + full, errors));

        Assert.False(transmitter.TryTransmit(Keep(Bundle([Sized(1000), Sized(1000)]))));
        Assert.Equal((delivered, full, errors), Fates);
        Drop();
    }

    [ContractFact]
    public void An_interface_that_is_not_there_is_told_by_its_target() => Assert.Equal(
        "if:plxnone: there is no interface plxnone",
        Assert.Throws<FileNotFoundException>(() => Transmitters.Open(new TransmitTarget(TransmitKind.Interface, "plxnone"))).Message);

    private PageBundle? _kept;

    private PageBundle Keep(PageBundle bundle) => _kept = bundle;

    private void Drop()
    {
        _kept!.SettleDropped(DropReason.TxFull);
        _kept.Dispose();
    }

    private void Mtu(int bytes) => Assert.Equal(0, Tool.Run("ip", "link", "set", _wire.Near, "mtu", $"{bytes}").ExitCode);

    /// <summary>What comes in at the far end.</summary>
    private sealed class FarEnd : IDisposable
    {
        private readonly AfPacketNic _nic;
        private readonly QueueReader _reader;

        public FarEnd(VethWire wire)
        {
            _nic = wire.Inside(() => AfPacketNic.Open(VethWire.Far, new AfPacketOptions { Blocks = 8 }));
            _reader = new QueueReader(_nic.Queues[0]);
        }

        public List<byte[]> Packets => _reader.Packets;

        public void ReadUntil(int packets) => Assert.True(SpinWait.SpinUntil(() => ReadNow() >= packets, Patience), $"{ReadNow()} of {packets}");

        public int ReadNow()
        {
            _reader.HoldAll();
            _reader.Release();
            return Packets.Count;
        }

        public void Dispose()
        {
            _reader.Dispose();
            _nic.Dispose();
        }
    }
}
