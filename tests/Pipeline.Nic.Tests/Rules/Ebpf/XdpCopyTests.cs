using System.Buffers.Binary;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices.AfXdp;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Ebpf;
using Pipeline.Nic.Rules.Guards;
using Pipeline.Nic.Tests.Rules.Guards;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Rules.Ebpf;

/// <summary>Copies of packets that stay with the kernel, by programs that the kernel runs without a device.</summary>
public sealed class XdpCopyTests : IDisposable
{
    private static readonly MarkVerdict[] Verdicts = [new(1, 1, PacketVerdict.Copy), new(2, 2, PacketVerdict.Pass), new(4, 4, PacketVerdict.Take), new(9, 9, PacketVerdict.Copy)];

    private readonly XdpPort _port = null!;

    public XdpCopyTests()
    {
        if (Environment.UserName == "root") _port = new XdpPort();
    }

    public void Dispose() => _port?.Dispose();

    [FactThatNeeds(Need.Root)]
    public void A_packet_that_stays_is_copied_once_if_a_verdict_before_the_last_wants_it()
    {
        for (var mark = 0u; mark < 16; mark++)
        {
            var rules = RuleText.Valid($"rule a match 0:00:00 mark {mark}");
            var wanted = new OffloadedRules { Rules = rules, Verdicts = Verdicts }.VerdictOf(mark);
            var lost = _port.LostCopies;
            using var program = Load(rules, Verdicts);

            var outcome = program.Run(new byte[60]);

            // Nobody has opened memory for copies, so each is lost; and no queue has a socket, so what would be taken stays in the end.
            Assert.Equal(wanted == PacketVerdict.Take, outcome.IsTaken);
            Assert.Equal((mark & 1, 1), ((_port.LostCopies - lost).Packets, program.Count(1).Packets));
            if (wanted == PacketVerdict.Copy) Assert.Equal(1u, mark & 1);
        }
    }

    [FactThatNeeds(Need.Root)]
    public void A_copy_has_the_packets_bytes_its_length_its_mark_and_the_time()
    {
        _port.Copies.Open();
        using var program = Load(RuleText.Valid("rule a match 0:00:00 mark 0x101 continue\nrule b match 14:ff:1 mark 0x201") with { Generation = 7 }, Verdicts);
        var before = DateTime.UtcNow;
        byte[][] packets = [.. new[] { 14, 15, 16, 17, 60, 61, 1514, 3400 }.Select(length => RandomBytes.Of(length, seed: length))];
        foreach (var packet in packets) Assert.False(program.Run(packet).IsTaken);

        var copies = ReadAll();

        Assert.Equal(packets, copies.Select(c => c.Bytes));
        Assert.All(copies, c => Assert.Equal((7u, 1u), (c.Copy.Metadata.Generation, c.Copy.Metadata.Mark & 0xff)));
        Assert.All(copies, c => Assert.InRange(DateTime.UnixEpoch.AddTicks(c.Time / 100), before.AddSeconds(-1), DateTime.UtcNow.AddSeconds(1)));
        Assert.Equal(default, _port.LostCopies);
    }

    [FactThatNeeds(Need.Root)]
    public void What_a_route_would_take_and_is_told_to_leave_is_copied_too_and_what_a_guard_keeps_is_not()
    {
        var guards = KeepOutGuards.All(GuardPackets.Ports);
        MarkVerdict[] verdicts = [new(0, 0, PacketVerdict.Copy), new(0, 0, PacketVerdict.Take)];
        using var program = LoadedXdpProgram.Load(
            XdpProgram.Compile(RuleText.Valid("rule a match 0:00:00 mark 1"), guards, verdicts, new XdpTraits(false, MakesCopies: true)), _port);
        byte[] arp = [.. new byte[12], 8, 6, 0, 1, 8, 0, 6, 4, .. new byte[40]];

        program.Leave(1, isLeft: true);
        Assert.False(program.Run(new byte[60]).IsTaken);
        Assert.False(program.Run(arp).IsTaken);

        Assert.Equal(new PacketTally(1, 60), _port.LostCopies);
    }

    [FactThatNeeds(Need.Root)]
    public void Copies_that_find_no_room_are_counted_with_their_bytes_and_the_packets_stay()
    {
        const int runs = 20_000;
        _port.Copies.Open();
        using var program = Load(RuleText.Valid("rule a match 0:00:00 mark 1"), Verdicts);

        program.Measure(new byte[1000], runs);

        var read = ReadAll().Count;
        Assert.Equal(new PacketTally(runs - read, (runs - read) * 1000L), _port.LostCopies);
        Assert.Equal((true, runs), (read is > 100 and < runs, program.Count(1).Packets));
        program.Run(new byte[60]);
        Assert.Single(ReadAll());
    }

    [FactThatNeeds(Need.Root)]
    public void Every_CPU_has_memory_for_its_copies()
    {
        _port.Copies.Open();
        using var program = Load(RuleText.Valid("rule a match 0:00:00 mark 1"), Verdicts);
        foreach (var cpu in Sched.AllowedCpus()) OnCpu(cpu, () => program.Run(new byte[60 + cpu]));

        foreach (var cpu in Sched.AllowedCpus())
        {
            Assert.True(Ring(cpu).TryPeek());
            Assert.Equal(60u + (uint)cpu, Ring(cpu).Copy.WireLength);
        }

        Assert.Equal(default, _port.LostCopies);
    }

    [FactThatNeeds(Need.Root)]
    public void Only_the_first_copy_that_comes_while_the_reader_sleeps_wakes_it()
    {
        _port.Copies.Open();
        using var program = Load(RuleText.Valid("rule a match 0:00:00 mark 1"), Verdicts);
        var cpu = Sched.AllowedCpus()[0];

        OnCpu(cpu, () => program.Run(new byte[60]));
        Assert.False(Poll.IsReadable(Ring(cpu).Descriptor));
        _port.NoteReader(sleeps: true);
        OnCpu(cpu, () => program.Run(new byte[60]));
        Assert.True(Poll.IsReadable(Ring(cpu).Descriptor, timeoutMilliseconds: 10_000));
        OnCpu(cpu, () => program.Run(new byte[60]));

        Assert.False(Poll.IsReadable(Ring(cpu).Descriptor));
        Assert.Equal(3, ReadAll().Count);
    }

    [FactThatNeeds(Need.Root)]
    public void Copies_are_read_across_the_end_of_the_memory_many_times_round()
    {
        _port.Copies.Open();
        using var program = Load(RuleText.Valid("rule a match 0:00:00 mark 1"), Verdicts);
        for (var round = 0; round < 40; round++)
        {
            for (var i = 0; i < 100; i++)
            {
                var packet = RandomBytes.Of(3000 + i, seed: (round * 100) + i);
                BinaryPrimitives.WriteInt32LittleEndian(packet, (round * 100) + i);
                program.Run(packet);
            }

            foreach (var (bytes, copy, _) in ReadAll())
            {
                var expected = RandomBytes.Of((int)copy.WireLength, seed: BinaryPrimitives.ReadInt32LittleEndian(bytes));
                Assert.Equal(expected[4..], bytes[4..]);
            }
        }

        Assert.Equal(default, _port.LostCopies);
    }

    [FactThatNeeds(Need.Root)]
    public void A_program_without_verdicts_that_copy_is_the_same_as_without_the_wish_to()
    {
        var rules = RuleText.Valid("rule a match 0:ff:1 mark 4");
        var plain = XdpProgram.Compile(rules, [], Verdicts[1..3]);
        var copying = XdpProgram.Compile(rules, [], Verdicts[1..3], new XdpTraits(false, MakesCopies: true));

        Assert.Equal((plain.Describe(), false), (copying.Describe(), copying.Traits.MakesCopies));
    }

    private static void OnCpu(int cpu, Action work)
    {
        var thread = new Thread(() =>
        {
            Sched.PinThisThread(cpu);
            work();
        });
        thread.Start();
        thread.Join();
    }

    private LoadedXdpProgram Load(RuleSet rules, IReadOnlyList<MarkVerdict> verdicts) =>
        LoadedXdpProgram.Load(XdpProgram.Compile(rules, [], verdicts, new XdpTraits(false, MakesCopies: true)), _port);

    private PerfRing Ring(int cpu) => _port.Copies.All.ToArray().Single(r => r.Cpu == cpu);

    private List<(byte[] Bytes, XdpCopy Copy, long Time)> ReadAll()
    {
        var read = new List<(byte[], XdpCopy, long)>();
        foreach (var ring in _port.Copies.All)
        {
            for (; ring.TryPeek(); ring.Skip())
            {
                var bytes = new byte[ring.Copy.CapturedLength];
                ring.CopyTo(bytes);
                read.Add((bytes, ring.Copy, ring.Time));
            }

            ring.Release();
        }

        return read;
    }

    private static class RandomBytes
    {
        public static byte[] Of(int length, int seed)
        {
            var bytes = new byte[length];
            new Random(seed).NextBytes(bytes);
            return bytes;
        }
    }
}
