using Pipeline.Actors.Configuration;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Consumers;
using Xunit;

namespace Pipeline.Actors.Tests.Control;

/// <summary>
/// Runs with crashes, faults, drains and aborts at random moments, over random routes; <see cref="Runs.ToEnd"/> checks each. What a
/// seed does is fixed, but for the moments at which threads meet; a failure names its seed.
/// </summary>
public sealed class RandomRunsSpecs
{
    private const int RunsToATheory = 25;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task However_a_run_goes_and_ends_the_books_balance_and_the_pages_are_home(int batch)
    {
        for (var i = 0; i < RunsToATheory; i++) await OneRun((batch * 1000) + i);
    }

    private static async Task OneRun(int seed)
    {
        var random = new Random(seed);
        var nic = new FakeNic(random.Next(3) == 0 ? long.MaxValue : random.Next(5_000), queues: random.Next(1, 3), pages: random.Next(2, 17));
        if (random.Next(4) == 0) nic[0].Fault = (random.Next(3_000), new IOException("on order"));
        var moment = new Moment(random.Next(4_000));
        await using var run = PipelineRun.Start(RandomSetup(random, nic, moment));

        try
        {
            if (await moment.ComesBefore(run.Completion)) End(random, run);
            await Runs.ToEnd(run, nic);
        }
        catch (Exception e)
        {
            Assert.Fail($"seed {seed}: {e}");
        }
    }

    private static void End(Random random, PipelineRun run)
    {
        if (random.Next(2) == 0) run.Drain();
        if (random.Next(2) == 0) run.Abort();
        else run.Drain();
    }

    private static PipelineSetup RandomSetup(Random random, FakeNic nic, Moment moment)
    {
        var routes = Enumerable.Range(0, random.Next(4)).Select(_ => RandomRoute(random)).ToList();
        var (crashEvery, seed) = (random.Next(3) == 0 ? random.Next(500, 3_000) : int.MaxValue, 0);
        var setup = Runs.Setup(nic, routes, ("a", Make), ("b", Make), ("stack", Make));
        var groups = new[] { "a", "b" }.ToDictionary(name => name, name => Runs.Bypass(name, random.Next(1, 3)));

        // An output that failed consumes nothing more, so no moment would come; the run ends with it.
        groups["b"] = groups["b"] with { Kind = random.Next(2) == 0 ? ConsumerKind.AfPacket : ConsumerKind.Bypass, EndsRunOnFailure = true };
        return setup with { Options = setup.Options with { Consumers = groups } };

        IPacketConsumer Make() => new RecordingConsumer([], _ =>
        {
            moment.Pass();
            if (Interlocked.Increment(ref seed) % crashEvery == 0) throw new InvalidDataException("on order");
        });
    }

    private static RouteOptions RandomRoute(Random random)
    {
        var copy = random.Next(3) == 0;
        return new RouteOptions
        {
            To = random.Next(2) == 0 ? "a" : "b",
            Copy = copy,
            Balance = (Balance)random.Next(3),
            Overload = (Overload)random.Next(4),
            Share = random.Next(1, 11) / 10.0,
        };
    }

    /// <summary>The moment at which so many packets have been consumed.</summary>
    private sealed class Moment(int packets)
    {
        private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _left = packets;

        public void Pass()
        {
            if (Interlocked.Decrement(ref _left) < 0) _reached.TrySetResult();
        }

        public async Task<bool> ComesBefore(Task end) => await Task.WhenAny(_reached.Task, end).WaitAsync(Runs.Patience) == _reached.Task;
    }
}
