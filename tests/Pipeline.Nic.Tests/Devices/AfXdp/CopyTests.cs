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
public sealed class CopyTests : IDisposable
{
    private const string All = "rule all match 0:00:00 mark 1";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly MarkVerdict[] CopyAll = [new(1, 1, PacketVerdict.Copy)];

    private readonly VethWire _wire = null!;

    public CopyTests()
    {
        if (Environment.UserName == "root") _wire = new VethWire();
    }

    public void Dispose() => _wire?.Dispose();

    [TheoryThatNeeds(Need.Root)]
    [InlineData(XdpMode.Native)]
    [InlineData(XdpMode.Generic)]
    public void The_kernel_has_every_packet_and_its_copy_comes_byte_for_byte_with_its_mark(XdpMode mode)
    {
        using var nic = Open(mode);
        Load(nic, "rule odd match 17:01:01 mark 3\nrule even match 17:01:00 mark 2", generation: 1);
        using var stack = AfPacketNic.Open(_wire.Near);
        using var tap = new QueueReader(stack.Queues[0]);
        using var reader = new QueueReader(nic.Copies);
        var packets = Packets(0, 200);

        foreach (var packet in packets) _wire.Send(packet);
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
            var sending = Task.Run(() => _wire.Send(packet));
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

        foreach (var packet in packets[..40]) _wire.Send(packet);
        Assert.True(SpinWait.SpinUntil(() => nic.Attachment.Port.Taken(0) + nic.Offload.PassedFrom(0).Packets == 40, Patience));
        nic.Offload.Leave(1, isLeft: true);
        foreach (var packet in packets[40..]) _wire.Send(packet);
        Assert.True(SpinWait.SpinUntil(() => taken.HoldAll() != ReceiveStatus.Empty || taken.Packets.Count == 20, Patience));
        Assert.True(SpinWait.SpinUntil(() => copied.HoldAll() != ReceiveStatus.Empty || copied.Packets.Count == 40, Patience));

        Assert.Equal(packets[..40].Where((_, i) => i % 2 == 1), taken.Packets);
        Assert.Equal(packets.Where((_, i) => i % 2 == 0 || i >= 40), InOrder(copied.Packets));
    }

    [FactThatNeeds(Need.Root)]
    public void While_nobody_reads_copies_are_lost_and_counted_and_the_packets_are_not()
    {
        const int packets = 8000;
        using var nic = Open(XdpMode.Native);
        Load(nic, All, generation: 1);
        var copies = new PacketAccount("copies", AccountKind.Copy);
        var account = new QueueAccount("copies", copies: copies);
        var big = new byte[1500];

        for (var i = 0; i < packets; i++) _wire.Send(big);
        Assert.True(SpinWait.SpinUntil(() => nic.Offload.PassedFrom(0).Packets == packets, Patience));
        using (var reader = new QueueReader(nic.Copies))
        {
            while (reader.Receive() == ReceiveStatus.Received) reader.Release();
            nic.Copies.ReadLosses(account);
            nic.Copies.ReadLosses(account);

            var lost = copies.DroppedTally(DropReason.SlowReader);
            Assert.Equal((packets, lost.Packets * 1500), (reader.Packets.Count + lost.Packets, lost.Bytes));
            Assert.InRange(lost.Packets, 1, packets - 1);
        }

        Assert.Equal(default, account.Received);
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
        _wire.InFar("ip", "link", "set", VethWire.Far, "mtu", "9000");
        Assert.Equal(0, Tool.Run("ip", "link", "set", _wire.Near, "mtu", "9000").ExitCode);
        using var nic = AfXdpNic.Open(_wire.Near, new AfXdpOptions { Mode = XdpMode.Native, Pages = 128 });
        Load(nic, All, generation: 1);
        using var reader = new QueueReader(nic.Copies);
        var packet = new byte[9014];
        new Random(1).NextBytes(packet.AsSpan(14));

        _wire.Send(packet);
        reader.ReceiveUntil(() => reader.Packets.Count == 1);

        Assert.Equal(packet, reader.Packets[0]);
    }

    [TheoryThatNeeds(Need.Root)]
    [InlineData(XdpMode.Native)]
    [InlineData(XdpMode.Generic)]
    public void When_rules_change_each_copy_says_which_decided_and_those_of_earlier_ones_come_first(XdpMode mode)
    {
        using var nic = Open(mode);
        Load(nic, All, generation: 1);
        using var reader = new QueueReader(nic.Copies);
        using var enough = new CancellationTokenSource();
        var (sent, latest) = (0, 1);
        var sending = Sched.AllowedCpus().Select(cpu => Task.Factory.StartNew(() => Send(cpu), TaskCreationOptions.LongRunning)).ToArray();

        for (var generation = 2; generation <= 20; generation++)
        {
            Load(nic, $"{All[..^1]}0x{(generation << 8) | 1:x}", generation);
            while (reader.Receive() == ReceiveStatus.Received) Check();
        }

        enough.Cancel();
        Task.WaitAll(sending, Patience);
        nic.Copies.Drain();
        reader.ReceiveUntil(() => false);

        var lost = new PacketAccount("copies", AccountKind.Copy);
        nic.Copies.ReadLosses(new QueueAccount("copies", copies: lost));
        Assert.Equal(nic.Offload.PassedFrom(0).Packets, reader.Packets.Count + lost.DroppedTally(DropReason.SlowReader).Packets);
        Assert.Equal(sent, nic.Offload.PassedFrom(0).Packets);

        void Check()
        {
            foreach (var bundle in reader.Held)
            {
                Assert.InRange(bundle.Generation, latest, 20);
                latest = bundle.Generation;
                foreach (ref readonly var packet in bundle.Packets) Assert.Equal(latest == 1 ? 1u : ((uint)latest << 8) | 1, packet.Mark);
            }

            reader.Release();
        }

        void Send(int cpu)
        {
            Sched.PinThisThread(cpu);
            using var socket = _wire.FarSocket();
            var packet = Packets(0, 1)[0];
            while (!enough.IsCancellationRequested)
            {
                socket.Send(packet);

                // Not more on their way than a queue of the kernel holds.
                var now = Interlocked.Increment(ref sent);
                SpinWait.SpinUntil(() => nic.Offload.PassedFrom(0).Packets >= now - 100, Patience);
            }
        }
    }

    [FactThatNeeds(Need.Root)]
    public void Closed_at_any_moment_it_counts_what_nobody_read_and_what_was_received_stays_readable()
    {
        for (var bundles = 0; bundles < 6; bundles++)
        {
            using var nic = Open(XdpMode.Native);
            Load(nic, All, generation: 1);
            using var reader = new QueueReader(nic.Copies);
            foreach (var packet in Packets(0, 80)) _wire.Send(packet);
            Assert.True(SpinWait.SpinUntil(() => nic.Offload.PassedFrom(0).Packets == 80, Patience));
            for (var i = 0; i < bundles; i++) reader.Receive();

            nic.Dispose();

            reader.ReadLosses();
            Assert.Equal(80, reader.Packets.Count + reader.Lost);
            Assert.Equal(reader.Packets, reader.Held.SelectMany(b => b.Packets.ToArray().Select(p => b.BytesOf(p).ToArray())));
            Assert.Throws<ObjectDisposedException>(() => reader.Receive());
            reader.Release();
            Assert.Equal((0, 0), (nic.Copies.Pool.Outstanding, nic.Copies.Pool.Audit?.Leaks().Count ?? 0));
        }
    }

    [FactThatNeeds(Need.Root)]
    public void Receiving_copies_allocates_nothing_once_warm()
    {
        using var nic = Open(XdpMode.Native);
        Load(nic, All, generation: 1);
        foreach (var packet in Packets(0, 200)) _wire.Send(packet);
        Assert.True(SpinWait.SpinUntil(() => nic.Offload.PassedFrom(0).Packets == 200, Patience));
        var (pool, account) = (new BundlePool(16), new PacketAccount("bare", AccountKind.Consumer));
        for (var i = 0; i < 2; i++) Assert.Equal(ReceiveStatus.Received, ReceiveOne());

        var before = GC.GetAllocatedBytesForCurrentThread();
        var received = 0;
        for (var i = 0; i < 3; i++) received += ReceiveOne() == ReceiveStatus.Received ? 1 : 0;

        Assert.Equal((3, 0), (received, GC.GetAllocatedBytesForCurrentThread() - before));

        ReceiveStatus ReceiveOne()
        {
            using var bundle = pool.Rent(nic.Copies.DeviceShare, account, NicInterface.Unknown);
            return nic.Copies.Receive(bundle);
        }
    }

    [FactThatNeeds(Need.Root)]
    public void Nothing_is_copied_by_rules_that_want_none_and_the_end_comes_when_the_program_is_off()
    {
        using var nic = Open(XdpMode.Native);
        Load(nic, "rule none match 0:00:00 mark 2", generation: 1);
        using var reader = new QueueReader(nic.Copies);
        _wire.Send(new byte[60]);
        Assert.True(SpinWait.SpinUntil(() => nic.Offload.PassedFrom(0).Packets == 1, Patience));

        Assert.Equal(ReceiveStatus.Empty, reader.Receive());
        Assert.True(nic.Copies.Drain());

        Assert.Equal(ReceiveStatus.End, reader.ReceiveUntil(() => false));
        Assert.Empty(reader.Packets);
    }

    private AfXdpNic Open(XdpMode mode) => AfXdpNic.Open(_wire.Near, new AfXdpOptions { Pages = 512, RingEntries = 256, Mode = mode });

    private static void Load(AfXdpNic nic, string rules, int generation) =>
        nic.Offload.Load(new OffloadedRules { Rules = RuleText.Valid(rules) with { Generation = generation }, Verdicts = CopyAll });

    private void SendOn(int cpu, IEnumerable<byte[]> packets)
    {
        var thread = new Thread(() =>
        {
            Sched.PinThisThread(cpu);
            using var socket = _wire.FarSocket();
            foreach (var packet in packets) socket.Send(packet);
        });
        thread.Start();
        thread.Join();
    }

    private static byte[][] Packets(int first, int count) => [.. Enumerable.Range(first, count).Select(Packet)];

    private static byte[] Packet(int number)
    {
        var packet = new byte[60 + (number * 37 % 1400)];
        byte[] head = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xb5, 0, 0, 0, (byte)number];
        head.CopyTo(packet, 0);
        for (var i = head.Length; i < packet.Length; i++) packet[i] = (byte)(number + i);
        return packet;
    }

    /// <summary>CPUs' copies come one CPU after the other.</summary>
    private static IEnumerable<byte[]> InOrder(IEnumerable<byte[]> packets) => packets.OrderBy(p => p[17]);
}
