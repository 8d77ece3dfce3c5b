using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.AfPacket;
using Pipeline.Nic.Devices.AfXdp;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Tests.Devices.Contract;
using Pipeline.Nic.Tests.Rules;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.AfXdp;

/// <summary>Copies of packets that stay with the kernel, from an interface.</summary>
public sealed class CopyTests : CopyBench
{
    [TheoryThatNeeds(Need.Root)]
    [InlineData(XdpMode.Native)]
    [InlineData(XdpMode.Generic)]
    public void The_kernel_has_every_packet_and_its_copy_comes_byte_for_byte_with_its_mark(XdpMode mode)
    {
        using var nic = Open(mode);
        Load(nic, "rule odd match 17:01:01 mark 3\nrule even match 17:01:00 mark 2", generation: 1);
        using var stack = AfPacketNic.Open(Wire.Near);
        using var tap = new QueueReader(stack.Queues[0]);
        using var reader = new QueueReader(nic.Copies);
        var packets = Packets(0, 200);

        foreach (var packet in packets) Wire.Send(packet);
        Assert.True(SpinWait.SpinUntil(() => reader.HoldAll() != ReceiveStatus.Empty || reader.Packets.Count == 100, Patience));
        Assert.True(SpinWait.SpinUntil(() => tap.HoldAll() != ReceiveStatus.Empty || tap.Packets.Count == 200, Patience));

        Assert.Equal(packets.Where((_, i) => i % 2 == 1), InOrder(reader.Packets));
        Assert.Equal(packets, tap.Packets);
        Assert.Equal(200, nic.Offload.PassedFrom(0).Packets);
        foreach (var bundle in reader.Held)
        {
            Assert.Equal((1, nic.Interfaces[0]), (bundle.Generation, bundle.Interface));
            foreach (ref readonly var packet in bundle.Packets)
                Assert.Equal((3u, 1, PacketFlags.MarkedByDevice, (uint)packet.CapturedLength), (packet.Mark, packet.Rule, packet.Flags, (uint)packet.WireLength));
        }
    }

    [TheoryThatNeeds(Need.Root)]
    [InlineData(XdpMode.Native)]
    [InlineData(XdpMode.Generic)]
    public void A_reader_that_sleeps_is_woken_by_each_copy(XdpMode mode)
    {
        using var nic = Open(mode);
        Load(nic, All, generation: 1);
        using var reader = new QueueReader(nic.Copies);

        foreach (var packet in Packets(0, 50))
        {
            var before = reader.Packets.Count;
            Assert.Equal(ReceiveStatus.Empty, reader.HoldAll());
            var sending = Task.Run(() => Wire.Send(packet));
            reader.ReceiveUntil(() => reader.Packets.Count > before);
            sending.Wait(Patience);
        }
    }

    [TheoryThatNeeds(Need.Root)]
    [InlineData(XdpMode.Native)]
    [InlineData(XdpMode.Generic)]
    public void What_is_taken_is_not_copied_until_it_is_left(XdpMode mode)
    {
        using var nic = Open(mode);
        nic.Offload.Load(new OffloadedRules { Rules = RuleText.Valid("rule odd match 17:01:01 mark 4") with { Generation = 1 }, Verdicts = [new(0, 0, PacketVerdict.Copy), new(4, 4, PacketVerdict.Take)] });
        using var taken = new QueueReader(nic.Queues[0]);
        using var copied = new QueueReader(nic.Copies);
        var packets = Packets(0, 60);

        foreach (var packet in packets[..40]) Wire.Send(packet);
        Assert.True(SpinWait.SpinUntil(() => nic.Attachment.Port.Taken(0) + nic.Offload.PassedFrom(0).Packets == 40, Patience));
        nic.Offload.Leave(1, isLeft: true);
        foreach (var packet in packets[40..]) Wire.Send(packet);
        Assert.True(SpinWait.SpinUntil(() => taken.HoldAll() != ReceiveStatus.Empty || taken.Packets.Count == 20, Patience));
        Assert.True(SpinWait.SpinUntil(() => copied.HoldAll() != ReceiveStatus.Empty || copied.Packets.Count == 40, Patience));

        Assert.Equal(packets[..40].Where((_, i) => i % 2 == 1), taken.Packets);
        Assert.Equal(packets.Where((_, i) => i % 2 == 0 || i >= 40), InOrder(copied.Packets));
    }

    [FactThatNeeds(Need.Root)]
    public void Copies_of_all_CPUs_come()
    {
        using var nic = Open(XdpMode.Native);
        Load(nic, All, generation: 1);
        using var reader = new QueueReader(nic.Copies);
        var packets = Packets(0, 200);
        var cpus = Sched.AllowedCpus();

        for (var i = 0; i < cpus.Count; i++) SendOn(cpus[i], packets.Where((_, n) => n % cpus.Count == i));
        Assert.True(SpinWait.SpinUntil(() => reader.HoldAll() != ReceiveStatus.Empty || reader.Packets.Count == 200, Patience));

        Assert.Equal(packets, InOrder(reader.Packets));
    }

    [FactThatNeeds(Need.Root)]
    public void A_packet_of_several_pieces_is_copied_whole()
    {
        Wire.InFar("ip", "link", "set", VethWire.Far, "mtu", "9000");
        Assert.Equal(0, Tool.Run("ip", "link", "set", Wire.Near, "mtu", "9000").ExitCode);
        using var nic = AfXdpNic.Open(Wire.Near, new AfXdpOptions { Mode = XdpMode.Native, Pages = 128 });
        Load(nic, All, generation: 1);
        using var reader = new QueueReader(nic.Copies);
        var packet = new byte[9014];
        new Random(1).NextBytes(packet.AsSpan(14));

        Wire.Send(packet);
        reader.ReceiveUntil(() => reader.Packets.Count == 1);

        Assert.Equal(packet, reader.Packets[0]);
    }

    [FactThatNeeds(Need.Root)]
    public void Receiving_copies_allocates_nothing_once_warm()
    {
        using var nic = Open(XdpMode.Native);
        Load(nic, All, generation: 1);
        foreach (var packet in Packets(0, 200)) Wire.Send(packet);
        Assert.True(SpinWait.SpinUntil(() => nic.Offload.PassedFrom(0).Packets == 200, Patience));
        var (pool, account) = (new BundlePool(16), new PacketAccount("bare", AccountKind.Consumer));

        Assert.Equal(0, Allocation.OnceWarm(ReceiveOne));

        void ReceiveOne()
        {
            using var bundle = pool.Rent(nic.Copies.DeviceShare, account, NicInterface.Unknown);
            Assert.True(nic.Copies.Receive(bundle) == ReceiveStatus.Received);
        }
    }

    [FactThatNeeds(Need.Root)]
    public void Nothing_is_copied_by_rules_that_want_none_and_the_end_comes_when_the_program_is_off()
    {
        using var nic = Open(XdpMode.Native);
        Load(nic, "rule none match 0:00:00 mark 2", generation: 1);
        using var reader = new QueueReader(nic.Copies);
        Wire.Send(new byte[60]);
        Assert.True(SpinWait.SpinUntil(() => nic.Offload.PassedFrom(0).Packets == 1, Patience));

        Assert.Equal(ReceiveStatus.Empty, reader.Receive());
        Assert.True(nic.Copies.Drain());

        Assert.Equal(ReceiveStatus.End, reader.ReceiveUntil(() => false));
        Assert.Empty(reader.Packets);
    }
}
