using Pipeline.Actors.Configuration;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.Simulated;
using Xunit;

namespace Pipeline.Actors.Tests.Generations;

/// <summary>Rules that change while a device runs some of them itself: its marks count only for the generation it made them by.</summary>
public sealed class OffloadSwapSpecs
{
    private static readonly RouteOptions ToHandler = new() { To = "handler", Overload = Overload.Wait, Share = 1 };

    [Fact]
    public async Task A_device_gets_each_generation_and_its_marks_are_never_taken_for_another_s()
    {
        const int last = 60;
        using var nic = SimulatedNic.Open(new SimulatedOptions { Queues = 2 });
        var watch = new ParityWatch();
        var setup = Runs.Setup(new FakeNic(0), [ToHandler], ("handler", () => watch)) with { Nic = nic, Rules = RuleTexts.Set(Parity(1)) };
        await using var run = PipelineRun.Start(setup with { Options = setup.Options with { Source = new SourceOptions { Offload = true } } });

        for (var next = 2; next <= last; next++)
        {
            var change = await run.ApplyRules(Parity(next), "swap.rules", "test").WaitAsync(Runs.Patience);
            Assert.Equal((RuleOutcome.Applied, next), (change.Outcome, change.Generation));
            Assert.Empty(change.Diagnostics);
        }

        await Threads.Eventually(() => watch.Latest == last);
        run.Drain();
        var view = (await run.Completion.WaitAsync(Runs.Patience)).View;
        Assert.Empty(watch.Faults);
        Assert.True(view.Balanced, view.Ledger.ToString());
        Assert.Equal(view.Ledger.Received, view.Rules.Aggregate(view.Unmatched + view.EarlierRules, (sum, rule) => sum + rule.Matched));
    }

    /// <summary>Marks by the last byte of the IPv4 source, which the device can look at itself.</summary>
    private static string Parity(int generation) => $"rule odd-{generation} match 29:01:01 mark {(2 * generation) + 1}\nrule even match 29:01:00 mark {2 * generation}\n";

    private sealed class ParityWatch : IPacketConsumer
    {
        private int _latest;

        public List<string> Faults { get; } = [];

        /// <summary>The generation of the last batch. Any thread.</summary>
        public int Latest => Volatile.Read(ref _latest);

        public void Consume(scoped PacketBatch batch)
        {
            Volatile.Write(ref _latest, batch.Generation);
            foreach (ref readonly var packet in batch.Packets)
            {
                var odd = batch.BytesOf(packet)[29] & 1;
                if (packet.Mark != (2 * batch.Generation) + odd || packet.Rule != 2 - odd) Faults.Add($"generation {batch.Generation}: mark {packet.Mark} by rule {packet.Rule}");
            }
        }

        public void Flush()
        {
        }

        public void Complete()
        {
        }

        public void Dispose()
        {
        }
    }
}
