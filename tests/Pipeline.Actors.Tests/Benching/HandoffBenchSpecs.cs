using Akka.Actor;
using Akka.Configuration;
using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Bench;
using Xunit;

namespace Pipeline.Actors.Tests.Benching;

public sealed class HandoffBenchSpecs
{
    [Fact]
    public async Task Every_engine_is_measured_at_every_size()
    {
        var bench = new HandoffBench(rounds: 1, TimeSpan.FromMilliseconds(1), singles: 2);

        var rows = await bench.Run(progress: null, CancellationToken.None).WaitAsync(Runs.Patience);

        Assert.Equal(
            (string[])["channel", "mailbox", "ring", "tell"],
            rows.GroupBy(r => r.Engine).Where(e => e.Select(r => r.Bundle).SequenceEqual(HandoffBench.Sizes)).Select(e => e.Key).Order());
        Assert.All(rows, r => Assert.True(r is { NsPerBundle: > 0, P50Microseconds: > 0 } && r.P999Microseconds >= r.P50Microseconds && r.AllocatedBytesPerBundle >= 0));
        Assert.All(rows, r => Assert.Equal(r.NsPerBundle / r.Bundle, r.NsPerPacket));
    }

    [Fact]
    public async Task A_bench_that_is_cancelled_ends()
    {
        using var cancel = new CancellationTokenSource();
        var bench = new HandoffBench(rounds: 1000, TimeSpan.FromMilliseconds(1), singles: 1);

        var running = bench.Run((done, _) => { if (done == 3) cancel.Cancel(); }, cancel.Token);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Runs.Patience));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void Every_engine_hands_over_what_was_written_and_all_of_it(int packets)
    {
        var dispatcher = ConfigurationFactory.ParseString($"{TellEngine.Dispatcher} {{ type = Dispatcher }}");
        using var system = ActorSystem.Create("engines", dispatcher.WithFallback(EmbeddedConfig.Load()));
        HandoffEngine[] engines = [new MailboxEngine(packets, system), new RingEngine(packets, cpu: null), new ChannelEngine(packets), new TellEngine(packets, system)];

        foreach (var engine in engines) engine.Single(bundles: 10, []);

        // Packet number n carries n in four fields and 60 in two; one of each lies in the upper half of a word.
        var count = 10L * packets;
        var numbers = count * (count + 1) / 2;
        var expected = (3 * numbers) + (60 * count) + ((numbers + (60 * count)) << 32);
        Assert.All(engines, engine => Assert.Equal((engine.Name, expected), (engine.Name, engine.Sum)));
        foreach (var engine in engines) engine.Dispose();
    }

    [Fact]
    public void The_bare_ring_gives_in_order_what_fits()
    {
        var ring = new SpscRing<string>(2);

        Assert.True(ring.TryPut("a") && ring.TryPut("b"));
        Assert.False(ring.TryPut("c"));

        Assert.True(ring.TryTake(out var first) & ring.TryTake(out var second) & !ring.TryTake(out var none));
        Assert.Equal(("a", "b", null), (first, second, none));
        Assert.True(ring.TryPut("d"));
    }
}
