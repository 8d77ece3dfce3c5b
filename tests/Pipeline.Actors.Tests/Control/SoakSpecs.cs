using System.Diagnostics;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Devices.Simulated;
using Pipeline.Nic.Rules;
using Xunit;

namespace Pipeline.Actors.Tests.Control;

/// <summary>
/// Everything that may happen to a pipeline, again and again, at random by a seed: rules change, consumers pause, crash and are
/// restarted, instances come and go. Ten seconds; ten minutes with <c>PIPELINE_LONG_TESTS=1</c>.
/// </summary>
[Collection(Alone.Name)]
public sealed class SoakSpecs
{
    private const long Mebibyte = 1 << 20;
    private static readonly string[] Consumers = ["a", "b"];
    private static readonly TimeSpan Duration = Environment.GetEnvironmentVariable("PIPELINE_LONG_TESTS") == "1" ? TimeSpan.FromMinutes(10) : TimeSpan.FromSeconds(10);

    [Fact]
    public async Task Whatever_happens_the_memory_stays_flat_the_books_balance_and_the_pages_come_home()
    {
        var random = new Random(20);
        await using var run = PipelineRun.Start(Setup());
        for (var warm = 0; warm < 50; warm++) await Happen(run, random);
        var (before, clock, received) = (Heap(), Stopwatch.StartNew(), run.View().Ledger.Received.Packets);

        while (clock.Elapsed < Duration) await Happen(run, random);

        Assert.InRange(Heap() - before, -64 * Mebibyte, 16 * Mebibyte);
        foreach (var name in Consumers) await run.ResumeConsumer(name);
        await Threads.Eventually(() => run.View().Ledger.Received.Packets > received);
        run.Drain();
        var outcome = await run.Completion.WaitAsync(Runs.Patience);
        Assert.DoesNotContain(outcome.Faults, fault => fault.Where == "ledger");
        Assert.True(outcome.View.Balanced, outcome.View.Ledger.ToString());
        Assert.All(outcome.View.Pools, pool => Assert.Equal(0, pool.PagesOut));
    }

    private static async Task Happen(PipelineRun run, Random random)
    {
        var name = Consumers[random.Next(Consumers.Length)];
        switch (random.Next(5))
        {
            case 0: await run.PauseConsumer(name); break;
            case 1: await run.ResumeConsumer(name); break;
            case 2: await run.RestartConsumer(name); break;
            case 3: await run.ApplyRules($"rule r match 12:ffff:0800 23:ff:11 mark {random.Next(3)}\n", "soak", "soak"); break;
            default: await Scale(run, name, random.Next(1, 5)); break;
        }

        // A breather for the packets; how long it takes decides nothing.
        await Task.Delay(5);
    }

    /// <summary>A paused consumer would keep the order waiting, and those after it.</summary>
    private static async Task Scale(PipelineRun run, string name, int instances)
    {
        await run.ResumeConsumer(name);
        var scaling = run.ScaleConsumer(name, instances);
        while (!scaling.IsCompleted)
        {
            await run.RestartConsumer(name);
            await Task.WhenAny(scaling, Task.Delay(5));
        }

        Assert.True(await scaling);
    }

    private static PipelineSetup Setup()
    {
        var bundles = 0;
        return new PipelineSetup
        {
            Nic = SimulatedNic.Open(new SimulatedOptions { FreeRunning = true, Queues = 2, Pages = 512, Packets = null }),
            Rules = RuleSet.Empty,
            Options = new PipelineOptions
            {
                Routes =
                [
                    new RouteOptions { To = "a", Mark = 1, MarkMask = 3, Overload = Overload.DropOld, Share = 0.25 },
                    new RouteOptions { To = "b", Overload = Overload.DropNew, Share = 0.5 },
                ],
                Consumers = Consumers.ToDictionary(name => name, name => Runs.Bypass(name)),
            },
            Handlers = Consumers.Append("stack").ToDictionary(name => name, Func<IPacketConsumer> (_) => () => new CrashingConsumer(MaybeCrash)),
        };

        void MaybeCrash()
        {
            if (Interlocked.Increment(ref bundles) % 5_000 == 0) throw new InvalidDataException("on order");
        }
    }

    private static long Heap() => GC.GetTotalMemory(forceFullCollection: true);

    /// <summary>Keeps nothing, so that what grows is the pipeline's.</summary>
    private sealed class CrashingConsumer(Action onBundle) : IPacketConsumer
    {
        public void Consume(scoped PacketBatch batch) => onBundle();

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
