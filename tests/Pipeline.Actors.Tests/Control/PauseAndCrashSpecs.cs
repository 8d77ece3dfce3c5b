using Akka.Actor;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Control;
using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Telemetry;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Rules;
using Xunit;

namespace Pipeline.Actors.Tests.Control;

/// <summary>Consumers that are paused, stuck, or crash at random, in whole pipelines under load.</summary>
public sealed class PauseAndCrashSpecs
{
    private const int Pages = 16;

    /// <summary>Half of the packets, by the mark that the rule below sets.</summary>
    private static readonly RouteOptions ToSlow = new() { To = "slow", Mark = 1, MarkMask = 1, Overload = Overload.DropNew, Share = 0.25 };

    private static readonly RouteOptions ToFast = new() { To = "fast", Overload = Overload.DropNew, Share = 0.5 };

    [Fact]
    public async Task A_paused_consumer_costs_only_its_own_packets_and_recovers_completely()
    {
        var (nic, slow, fast) = (new FakeNic(long.MaxValue, pages: Pages), new CountConsumer(), new CountConsumer());
        await using var run = PipelineRun.Start(Setup(nic, ToSlow, ("slow", () => slow), ("fast", () => fast)));
        Assert.True(await run.PauseConsumer("slow"));
        await Threads.Eventually(() => IsPaused(run, "slow") && Dropped(run, DropReason.ShareExceeded) > 0);
        var (slowBefore, fastBefore) = (Delivered(run, "slow"), Delivered(run, "fast"));

        await Threads.Eventually(() => Delivered(run, "fast") > fastBefore + 100_000);
        Assert.Equal(slowBefore, Delivered(run, "slow"));
        Assert.True(await run.ResumeConsumer("slow"));
        await Threads.Eventually(() => Delivered(run, "slow") > slowBefore + 100_000);

        run.Drain();
        await Runs.ToEnd(run, nic);
    }

    [Fact]
    public async Task A_consumer_that_hangs_does_not_hold_up_another_on_its_thread()
    {
        var (nic, release) = (new FakeNic(long.MaxValue, pages: Pages), new ManualResetEventSlim());
        await using var run = PipelineRun.Start(Setup(
            nic, ToSlow, ("slow", () => new ScriptedConsumer(new CallLog(), _ => release.Wait(Runs.Patience))), ("fast", () => new CountConsumer())));
        await Threads.Eventually(() => Dropped(run, DropReason.ShareExceeded) > 0);
        var before = Delivered(run, "fast");

        await Threads.Eventually(() => Delivered(run, "fast") > before + 100_000);

        Assert.Equal(0, Delivered(run, "slow"));
        release.Set();
        run.Drain();
        await Runs.ToEnd(run, nic);
    }

    [Theory]
    [InlineData(Overload.Wait)]
    [InlineData(Overload.DropOld)]
    [InlineData(Overload.ToStack)]
    public async Task A_drain_lets_a_paused_consumer_have_what_waits_for_it(Overload overload)
    {
        var (nic, seen) = (new FakeNic(long.MaxValue, pages: Pages), new List<long>());
        await using var run = PipelineRun.Start(Setup(nic, ToSlow with { Overload = overload }, ("slow", () => new RecordingConsumer(seen)), ("fast", () => new CountConsumer())));
        await run.PauseConsumer("slow");
        await Threads.Eventually(() => run.View().Ledger.InFlight.Packets > 64);

        run.Drain();
        var outcome = await Runs.ToEnd(run, nic);

        Assert.Equal(seen.Order(), seen);
        Assert.Equal(seen.Count, outcome.View.Consumers.Single(c => c.Name == "slow").Delivered.Packets);
        Assert.True(overload == Overload.DropOld || outcome.View.Ledger.DroppedByReason.GetValueOrDefault(DropReason.DropOld).Packets == 0);
        Assert.True(overload != Overload.Wait || outcome.View.Ledger.Dropped.Packets == 0);
    }

    [Fact]
    public async Task Pauses_resumes_and_restarts_in_the_midst_of_it_lose_nothing_where_routes_wait()
    {
        var (nic, log) = (new FakeNic(200_000, pages: Pages), new FlowLog());
        nic[0].Write = (bytes, n) => FlowPackets.Write(bytes, 0, n);
        await using var run = PipelineRun.Start(Setup(nic, new RouteOptions { To = "slow", Overload = Overload.Wait, Share = 1 }, ("slow", () => new FlowConsumer(log)), ("fast", () => new CountConsumer())));
        var random = new Random(15);

        for (var order = 0; order < 1_000 && !run.Completion.IsCompleted; order++)
        {
            Assert.True(random.Next(3) switch { 0 => await run.PauseConsumer("slow"), 1 => await run.RestartConsumer("slow"), _ => await run.ResumeConsumer("slow") });
            await Task.Yield();
            await run.ResumeConsumer("slow");
        }

        var outcome = await Runs.ToEnd(run, nic);
        Assert.Equal((200_000, 200_000, 0), (outcome.View.Ledger.Delivered.Packets, log.Packets, log.OutOfOrder));
    }

    [Fact]
    public async Task A_thousand_crashes_at_random_cost_their_bundles_and_nothing_else()
    {
        var (nic, crashes, random, logs) = (new FakeNic(400_000, pages: Pages), 0, new Random(1000), new List<FlowLog>());
        nic[0].Write = (bytes, n) => FlowPackets.Write(bytes, 0, n);
        var setup = Setup(nic, new RouteOptions { To = "slow", Overload = Overload.Wait, Share = 1 }, ("slow", () => new FlowConsumer(logs[0], MaybeCrash)), ("fast", () => new CountConsumer()));
        logs.Add(new FlowLog());
        var topology = Topology.Build(setup with { Options = setup.Options with { Bundle = new BundleOptions { Packets = 32 } } }, MarkTable.Compile(setup.Rules));
        var state = new RunState(stopAfter: null);
        using var system = ActorSystem.Create("crashes", EmbeddedConfig.Load(topology.Routes.MailboxBundles));
        var root = system.ActorOf(PipelineRoot.Props(topology, state), "pipeline");

        await RestartAtOnce(topology, root).WaitAsync(Runs.Patience);
        await state.AtRest.WaitAsync(Runs.Patience);

        nic.Dispose();
        var books = topology.Ledger.Read();
        Assert.True(books.BalancesAtRest, books.ToString());
        Assert.Equal(1000, crashes);
        Assert.Equal((logs[0].Packets, 0), (books.Delivered.Packets, logs[0].OutOfOrder));
        Assert.Equal(books.Received, books.Delivered + books.DroppedByReason[DropReason.ConsumerFailed]);

        // Nobody waits here for a thousand back-offs: whenever it is down it is told to restart.
        async Task RestartAtOnce(Topology of, IActorRef by)
        {
            var (consumer, handled) = (of.Consumers.Single(c => c.Group == "slow"), -1);
            while (!state.AtRest.IsCompleted)
            {
                if (consumer.Figures.Current is null && consumer.Figures.Restarts != handled)
                {
                    handled = consumer.Figures.Restarts;
                    by.Tell(new RootProtocol.Restart("slow"));
                }

                await Task.Yield();
            }
        }

        void MaybeCrash()
        {
            if (crashes < 1000 && random.Next(5) == 0 && ++crashes > 0) throw new InvalidDataException("on order");
        }
    }

    [Fact]
    public async Task Orders_to_a_consumer_that_is_not_there_are_refused()
    {
        var nic = new FakeNic(100);
        await using var run = PipelineRun.Start(Setup(nic, ToSlow, ("slow", () => new CountConsumer()), ("fast", () => new CountConsumer())));

        Assert.False(await run.PauseConsumer("nobody") || await run.ResumeConsumer("nobody") || await run.RestartConsumer("nobody"));

        await Runs.ToEnd(run, nic);
    }

    [Fact]
    public async Task An_output_cannot_be_restarted_by_hand()
    {
        var nic = new FakeNic(100);
        var setup = Setup(nic, ToSlow, ("slow", () => new CountConsumer()), ("fast", () => new CountConsumer()));
        var consumers = new Dictionary<string, ConsumerOptions>(setup.Options.Consumers) { ["slow"] = new() { Name = "slow", Kind = ConsumerKind.AfPacket } };
        await using var run = PipelineRun.Start(setup with { Options = setup.Options with { Consumers = consumers } });

        Assert.Contains("slow", (await Assert.ThrowsAsync<InvalidOperationException>(() => run.RestartConsumer("slow"))).Message, StringComparison.Ordinal);

        await Runs.ToEnd(run, nic);
    }

    /// <summary>Odd packet numbers are marked: their lowest bit is the last of the eight bytes that the number stands in.</summary>
    private static PipelineSetup Setup(FakeNic nic, RouteOptions first, params (string Name, Func<IPacketConsumer> Make)[] handlers) =>
        Runs.Setup(nic, [first, ToFast], handlers) with
        {
            Rules = RuleParser.Parse(new Nic.Diagnostics.SourceText("test", "rule odd match 7:01:01 mark 1\n"), out _)!,
        };

    private static long Dropped(PipelineRun run, DropReason reason) => run.View().Ledger.DroppedByReason.GetValueOrDefault(reason).Packets;

    private static bool IsPaused(PipelineRun run, string name) =>
        run.View().Consumers.Single(c => c.Name == name).Instances.All(i => i.State == ConsumerState.Paused);

    private static long Delivered(PipelineRun run, string consumer) => run.View().Consumers.Single(c => c.Name == consumer).Delivered.Packets;
}
