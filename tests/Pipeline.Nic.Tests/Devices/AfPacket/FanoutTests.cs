using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.AfPacket;
using Pipeline.Nic.Tests.Devices.Contract;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.AfPacket;

/// <summary>Several queues of one interface.</summary>
[Needs(Need.Root)]
public sealed class FanoutTests
{
    private const int Queues = 3;
    private const int FlowCount = 40;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly AfPacketOptions Several = OnVeth.Small with { Queues = Queues };

    [ContractFact]
    public void Both_directions_of_a_flow_are_on_one_queue_and_each_packet_comes_once()
    {
        using var device = new OnVeth(Several);
        using var readers = new Readers(device.Nic);

        device.Send(Flows.Of(FlowCount, packetsEach: 6));
        readers.ReadUntil(FlowCount * 6);

        AssertEachOnce(readers, FlowCount * 6);
        AssertFlowsAreKeptTogether(readers);
        Assert.All(readers.All, r => Assert.NotEmpty(r.Packets));
    }

    [ContractFact]
    public void By_cpu_each_packet_comes_once()
    {
        using var device = new OnVeth(Several with { Steering = AfPacketSteering.Cpu });
        using var readers = new Readers(device.Nic);

        device.Send(Flows.Of(FlowCount, packetsEach: 2));
        readers.ReadUntil(FlowCount * 2);

        AssertEachOnce(readers, FlowCount * 2);
    }

    [ContractFact]
    public void After_a_flap_every_queue_gets_its_packets_again()
    {
        using var device = new OnVeth(Several);
        using var readers = new Readers(device.Nic);

        device.Wire.SetUp(false);
        Assert.All(device.Nic.Queues, q => Assert.False(q.TryOpen()));
        device.Wire.SetUp(true);
        Assert.All(device.Nic.Queues, q => Assert.True(q.TryOpen()));
        device.Send(Flows.Of(FlowCount, packetsEach: 2));
        readers.ReadUntil(FlowCount * 2);

        AssertEachOnce(readers, FlowCount * 2);
        AssertFlowsAreKeptTogether(readers);
        Assert.All(readers.All, r => Assert.NotEmpty(r.Packets));
    }

    [ContractFact]
    public void An_interface_that_is_deleted_and_made_anew_is_read_on_every_queue_again()
    {
        using var device = new OnVeth(Several);
        using var readers = new Readers(device.Nic);
        for (var round = 1; round <= 3; round++)
        {
            readers.Forget();
            device.Send(Flows.Of(FlowCount, packetsEach: 2));
            readers.ReadUntil(FlowCount * 2);
            AssertEachOnce(readers, FlowCount * 2);
            AssertFlowsAreKeptTogether(readers);
            Assert.All(readers.All, r => Assert.NotEmpty(r.Packets));

            device.Wire.Delete();
            Assert.All(readers.All, r => Assert.Equal(ReceiveStatus.Down, r.ReceiveUntil(() => false)));
            Assert.All(device.Nic.Queues, q => Assert.Equal($"there is no interface {device.Wire.Near}", q.Trouble));
            device.Wire.Make();
            Assert.All(device.Nic.Queues, q => Assert.True(q.TryOpen(), q.Trouble));
        }
    }

    [ContractFact]
    public void A_queue_whose_packets_are_still_out_waits_for_them_and_keeps_them_whole()
    {
        using var device = new OnVeth(Several with { Steering = AfPacketSteering.Queue });
        using var readers = new Readers(device.Nic);
        var (holder, queue) = (readers.All[0], device.Nic.Queues[0]);
        device.Send(Flows.Of(1, packetsEach: 3));
        Assert.True(SpinWait.SpinUntil(() => { holder.HoldAll(); return holder.Packets.Count == 3; }, Patience));

        device.Wire.Delete();
        device.Wire.Make();
        Assert.True(device.Nic.Queues[1].TryOpen());
        Assert.False(queue.TryOpen());
        Assert.Equal(
            $"{device.Wire.Near} is another interface now; it is read when all packets of the earlier one are done with", queue.Trouble);
        Assert.Equal(Flows.Of(1, packetsEach: 3), holder.Packets);
        holder.Release();

        Assert.True(queue.TryOpen());
    }

    [ContractFact]
    public void An_interface_that_gave_its_name_away_is_let_go_of()
    {
        using var device = new OnVeth(Several);
        var renamed = $"{device.Wire.Near}o";

        device.Wire.GiveNameAway(renamed);

        Assert.All(device.Nic.Queues, q => Assert.True(q.TryOpen(), q.Trouble));
        Assert.Equal((0x100, 0), (PromiscuityOf(device.Wire.Near), PromiscuityOf(renamed)));
    }

    [ContractFact]
    public void Two_programs_on_one_interface_get_every_packet_each()
    {
        using var device = new OnVeth(Several);
        using var other = AfPacketNic.Open(device.Wire.Near, Several);
        using Readers ours = new(device.Nic), theirs = new(other);

        device.Send(Flows.Of(FlowCount, packetsEach: 2));
        ours.ReadUntil(FlowCount * 2);
        theirs.ReadUntil(FlowCount * 2);

        AssertEachOnce(ours, FlowCount * 2);
        AssertEachOnce(theirs, FlowCount * 2);
    }

    [ContractFact]
    public void Where_packets_roll_over_a_full_queue_gives_them_to_the_others()
    {
        const int More = 600; // More than one ring of 256 KiB takes, less than three.
        using var device = new OnVeth(Several with { Steering = AfPacketSteering.Queue, RollsOver = true });
        using var readers = new Readers(device.Nic);
        byte[][] packets = [.. Flows.Of(1, More).Select(p => p.Concat(new byte[900]).ToArray())];

        device.Send(packets);
        readers.ReadUntil(More, isLost: true);

        Assert.Equal(readers.Numbers.Distinct(), readers.Numbers);
        Assert.InRange(readers.All[1].Packets.Count, 1, More);
    }

    [TheoryThatNeeds(Need.Root)]
    [InlineData(PacketDirection.In, 1)]
    [InlineData(PacketDirection.Out, 1)]
    [InlineData(PacketDirection.InOut, 1)]
    [InlineData(PacketDirection.In, 3)]
    [InlineData(PacketDirection.Out, 3)]
    [InlineData(PacketDirection.InOut, 3)]
    public void Only_packets_of_the_direction_that_was_asked_for_are_received(PacketDirection direction, int queues)
    {
        using var device = new OnVeth(Several with { Direction = direction, Queues = queues });
        using var readers = new Readers(device.Nic);
        var packets = Flows.Of(2, packetsEach: 1);

        device.Wire.SendOut(packets[0]);
        device.Send(packets[1..]);
        int[] expected = direction switch { PacketDirection.In => [1], PacketDirection.Out => [0], _ => [0, 1] };
        readers.ReadUntil(expected.Length);
        foreach (var queue in device.Nic.Queues) queue.Drain();
        foreach (var reader in readers.All) reader.ReceiveUntil(() => false);

        Assert.Equal(expected, readers.Numbers);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(257)]
    public void A_number_of_queues_that_there_cannot_be_is_refused(int queues) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => AfPacketNic.Open("nosuch0", new AfPacketOptions { Queues = queues }));

    private static int PromiscuityOf(string name) =>
        Convert.ToInt32(File.ReadAllText($"/sys/class/net/{name}/flags").Trim(), 16) & 0x100; // IFF_PROMISC, linux/if.h

    private static void AssertEachOnce(Readers readers, int packets) => Assert.Equal(Enumerable.Range(0, packets), readers.Numbers);

    private static void AssertFlowsAreKeptTogether(Readers readers) =>
        Assert.Equal(FlowCount, readers.All.Sum(r => r.Packets.Select(Flows.FlowOf).Distinct().Count()));

    /// <summary>A reader for each queue, all on this thread.</summary>
    private sealed class Readers(INic nic) : IDisposable
    {
        public List<QueueReader> All { get; } = [.. nic.Queues.Select(q => new QueueReader(q))];

        public IEnumerable<int> Numbers => All.SelectMany(r => r.Packets).Select(Flows.NumberOf).Order();

        /// <param name="isLost">Whether packets that the kernel says it dropped count too.</param>
        public void ReadUntil(int packets, bool isLost = false) =>
            Assert.True(SpinWait.SpinUntil(() => Read() + (isLost ? Lost() : 0) >= packets, Patience), $"{Read()} packets of {packets}");

        public void Forget()
        {
            foreach (var reader in All) reader.Packets.Clear();
        }

        public void Dispose()
        {
            foreach (var reader in All) reader.Dispose();
        }

        private long Lost()
        {
            foreach (var reader in All) reader.ReadLosses();
            return All.Sum(r => r.Lost);
        }

        private int Read()
        {
            foreach (var reader in All)
            {
                reader.HoldAll();
                reader.Release();
            }

            return All.Sum(r => r.Packets.Count);
        }
    }
}
