using CsCheck;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices.Simulated;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules.Guards;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Tests.Rules;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.Simulated;

/// <summary>What the simulated device passes by itself: nothing that software has to see, and all of it counted as software counts.</summary>
public class PassingTests
{
    private static readonly SimulatedOptions Options =
        new() { Packets = 3000, Flows = 40, Pages = 64, Ring = 32, Profile = TrafficProfile.Mixed };

    private static readonly Gen<MarkVerdict> Verdict =
        Gen.Select(Gen.OneOf(0u, 0xffu, 0x0fu, 0xf0u, 1u), Gen.UInt[0, 255], Gen.Enum<PacketVerdict>())
            .Select((mask, value, verdict) => new MarkVerdict(value & mask, mask, verdict));

    private static readonly string[] AllFaults =
        ["stall 2 at 500 for 700", "overrun 1 at 500 for 100", "starve 0 at 1 for 50", "corrupt 3 at 1900 for 500", "flap at 100 for 20"];

    private static readonly Gen<string[]> Faults = Gen.OneOf(AllFaults).Array[0, 3];

    [Fact]
    public void By_any_rules_guards_routes_and_faults_it_counts_and_loses_what_software_does_and_keeps_nothing_from_it() =>
        Gen.Select(OffloadTests.Rules, Verdict.Array[0, 4], Faults, Gen.Bool, Gen.Int[0, 12], Gen.Long[0, 99])
        .Sample((text, verdicts, faults, guarded, u32, seed) =>
        {
            var options = Options with { U32Filters = u32, Seed = seed, Faults = [.. faults.Select(Fault)] };
            var guards = guarded ? KeepOutGuards.All(new GuardPorts { Ssh = [22] }) : [];
            var rules = new OffloadedRules { Rules = RuleText.Valid(text), Guards = guards, Verdicts = verdicts };
            using var soft = new Judged(options, rules, offload: false);
            using var hard = new Judged(options, rules, offload: true);

            Assert.Equal(soft.Counts, hard.Counts);
            Assert.Equal(soft.Received, hard.Received);
            Assert.Equal(soft.Lost, hard.Lost);
            Assert.Equal(soft.Interfaces, hard.Interfaces);
            Assert.Equal(soft.ForSoftware, hard.ForSoftware);
            Assert.Equal(soft.ForStack, hard.ForStack + hard.Passed.Packets);
            if (hard.Report!.Refused.Count == 0) Assert.Equal(0, hard.ForStack);
        }, iter: 200);

    [Fact]
    public void Where_software_has_to_see_everything_it_passes_nothing()
    {
        using var nic = SimulatedNic.Open(Options);

        var all = OffloadedRules.TakingAll(RuleText.Valid("rule all match 12:00:0 mark 7"), KeepOutGuards.All(new GuardPorts()));

        Assert.Null(nic.Offload.Load(all).Passed);
    }

    [Fact]
    public void Each_generation_counts_what_it_decided_and_is_final_when_every_queue_has_left_it()
    {
        using var run = new SimulatedRun(Options with { Packets = 40_000, Queues = 2, Profile = TrafficProfile.Imix });
        var rules = RuleText.Valid("rule odd match 29:01:01 mark 1");
        var first = Load(run, rules, PacketVerdict.Pass);
        foreach (var queue in (int[])[0, 1]) run.Receive(queue);
        var second = Load(run, rules with { Generation = 2 }, PacketVerdict.Pass);
        run.Receive(0);
        run.Release();
        Assert.False(first.IsFinal);
        ReceiveUntil(run, 0, () => Sum(second) > 0);
        ReceiveUntil(run, 1, () => first.IsFinal);
        var left = Sum(first);

        run.Drain(new Random(1), 0);

        Assert.Equal(left, Sum(first));
        Assert.True(second.IsFinal);
        Assert.Equal(40_000, run.Received + Sum(first) + Sum(second));
        Assert.Equal(Sum(first) + Sum(second), run.Nic.Offload.PassedFrom(0).Packets + run.Nic.Offload.PassedFrom(1).Packets);
        Assert.DoesNotContain(run.Packets, p => (p.Bytes[29] & 1) == 1);
    }

    [Fact]
    public void A_wire_without_an_end_of_which_it_passes_everything_keeps_no_thread()
    {
        using var run = new SimulatedRun(Options with { Packets = null });
        Load(run, RuleSet.Empty, PacketVerdict.Pass, unmatched: PacketVerdict.Pass);

        Assert.Equal(ReceiveStatus.Empty, run.Receive(0));

        Assert.NotEqual(0, run.Nic.Offload.PassedFrom(0).Packets);
        Assert.Equal(0, run.Nic.Offload.PassedFrom(1).Packets);
    }

    [Fact]
    public void Passing_and_reading_the_counts_allocate_nothing_once_warm()
    {
        using var run = new SimulatedRun(Options with { Packets = null });
        var passed = Load(run, RuleText.Valid("rule odd match 29:01:01 mark 1"), PacketVerdict.Pass, unmatched: PacketVerdict.Pass);
        var counts = new PacketTally[passed.Places];

        Assert.Equal(0, Allocation.OnceWarm(Pass));

        void Pass()
        {
            for (var i = 0; i < 10; i++)
            {
                run.Receive(0);
                passed.ReadCounts(counts);
                Assert.True(run.Nic.Offload.PassedFrom(0).Packets > 0);
            }
        }
    }

    private static SimulatedFault Fault(string text) =>
        FaultReader.TryRead(text, out var fault, out _) ? fault : throw new ArgumentException(text);

    private static IPassedCounts Load(SimulatedRun run, RuleSet rules, PacketVerdict marked, PacketVerdict unmatched = PacketVerdict.Take)
    {
        MarkVerdict[] verdicts = [new(1, 1, marked), new(0, 0, unmatched)];
        return run.Nic.Offload.Load(new OffloadedRules { Rules = rules, Verdicts = verdicts }).Passed!;
    }

    private static void ReceiveUntil(SimulatedRun run, int queue, Func<bool> holds)
    {
        while (!holds())
        {
            Assert.NotEqual(ReceiveStatus.End, run.Receive(queue));
            run.Release();
        }
    }

    private static long Sum(IPassedCounts passed)
    {
        var counts = new PacketTally[passed.Places];
        passed.ReadCounts(counts);
        return counts.Sum(c => c.Packets);
    }

    /// <summary>A whole wire, classified by software behind the device or alone.</summary>
    private sealed class Judged : IDisposable
    {
        private readonly SimulatedNic _nic;

        public Judged(SimulatedOptions options, OffloadedRules rules, bool offload)
        {
            _nic = SimulatedNic.Open(options);
            var table = MarkTable.Compile(rules.Rules, rules.Guards);
            if (offload) Report = _nic.Offload.Load(rules);
            if (Report is { Rules: > 0 }) table.GoOnBehind(Report.Rules);
            var counters = table.NewCounters();
            foreach (var queue in _nic.Queues) Drain(queue, table, counters, rules);

            var counts = new PacketTally[1 + counters.Rules + counters.Guards];
            Report?.Passed?.ReadCounts(counts);
            Counts = [.. counts.Select((passed, place) => passed + counters.Of(place))];
            Passed = Enumerable.Range(0, _nic.Queues.Count).Select(_nic.Offload.PassedFrom).Aggregate(default(PacketTally), PacketTally.Add);
        }

        public OffloadReport? Report { get; }

        public List<PacketTally> Counts { get; }

        /// <summary>By queue, with what was passed.</summary>
        public List<PacketTally> Received { get; } = [];

        public List<long> Lost { get; } = [];

        public IEnumerable<long> Interfaces => _nic.Interfaces.Select(i => i.Received);

        public PacketTally Passed { get; }

        /// <summary>The packets that another than the stack has to have, in their order.</summary>
        public List<string> ForSoftware { get; } = [];

        /// <summary>How many that came up have no other way than to the stack.</summary>
        public long ForStack { get; private set; }

        public void Dispose() => _nic.Dispose();

        private void Drain(INicQueue queue, MarkTable table, RuleCounters counters, OffloadedRules rules)
        {
            var passed = _nic.Queues.Select((q, i) => (q, i)).First(q => q.q == queue).i;
            var account = new QueueAccount(queue.Name, () => _nic.Offload.PassedFrom(passed));
            var (bundles, end) = (new BundlePool(64), new PacketAccount("test", AccountKind.Consumer));
            while (true)
            {
                using var bundle = bundles.Rent(queue.DeviceShare, end, NicInterface.Unknown);
                if (queue.Receive(bundle) == ReceiveStatus.End) break;
                account.CountReceived(bundle.Interface, bundle.Count, bundle.Bytes);
                table.Classify(bundle, counters);
                foreach (ref readonly var packet in bundle.Packets) Judge(rules, packet);
            }

            queue.ReadLosses(account);
            Received.Add(account.Received + account.PassedByDevice);
            Lost.AddRange(Enum.GetValues<DeviceLoss>().Select(account.Lost));
        }

        private void Judge(OffloadedRules rules, in Packet packet)
        {
            var verdict = packet.Has(PacketFlags.KeptOut) ? rules.KeptOut : rules.VerdictOf(packet.Mark);
            if (verdict == PacketVerdict.Pass) ForStack++;
            else ForSoftware.Add($"{packet.TimestampNanoseconds} {packet.CapturedLength} rule {packet.Rule} mark {packet.Mark}");
        }
    }
}
