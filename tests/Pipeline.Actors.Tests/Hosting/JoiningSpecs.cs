using Akka.Actor;
using Akka.Configuration;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Consumers;
using Xunit;

namespace Pipeline.Actors.Tests.Hosting;

/// <summary>A pipeline in an actor system that is somebody else's, with that one's own settings.</summary>
public sealed class JoiningSpecs : IAsyncDisposable
{
    private static readonly RouteOptions ToHandler = new() { To = "handler", Overload = Overload.Wait, Share = 1 };

    private readonly ActorSystem _system = ActorSystem.Create("theirs", ConfigurationFactory.ParseString("akka.loglevel = OFF\nakka.stdout-loglevel = OFF"));

    public async ValueTask DisposeAsync() => await _system.Terminate();

    [Fact]
    public async Task It_runs_to_its_end_on_threads_of_its_own_and_leaves_the_system_running()
    {
        var (nic, threads) = (new FakeNic(5_000, queues: 2), new HashSet<string?>());
        var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new RecordingConsumer([], _ => threads.Add(Thread.CurrentThread.Name)))), _system);

        var outcome = await Runs.ToEnd(run, nic);
        await run.DisposeAsync();

        Assert.Equal(10_000, outcome.View.Ledger.Delivered.Packets);
        Assert.StartsWith("pipeline-dispatchers.", Assert.Single(threads));
        Assert.False(_system.WhenTerminated.IsCompleted);
        await Assert.ThrowsAsync<ActorNotFoundException>(() => _system.ActorSelection("/user/pipeline").ResolveOne(TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task Settings_of_the_system_stay_as_they_were()
    {
        var before = _system.Settings.Config.GetConfig("akka").ToString();

        await using var run = PipelineRun.Start(Runs.Setup(new FakeNic(1), [ToHandler], ("handler", () => new CountConsumer())), _system);

        Assert.Equal(before, _system.Settings.Config.GetConfig("akka").ToString());
    }

    [Fact]
    public async Task Several_with_one_name_run_side_by_side()
    {
        var nics = Enumerable.Range(0, 3).Select(_ => new FakeNic(5_000)).ToList();
        var runs = nics.Select(nic => PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new CountConsumer())), _system)).ToList();

        for (var i = 0; i < nics.Count; i++) Assert.Equal(5_000, (await Runs.ToEnd(runs[i], nics[i])).View.Ledger.Delivered.Packets);
        foreach (var run in runs) await run.DisposeAsync();
    }

    [Fact]
    public async Task A_pipeline_with_many_lanes_beside_a_small_one_has_mailboxes_of_its_own_size()
    {
        var (small, large) = (new FakeNic(100), new FakeNic(100, queues: 150));
        await using var first = PipelineRun.Start(Runs.Setup(small, [ToHandler], ("handler", () => new CountConsumer())), _system);
        await using var second = PipelineRun.Start(Runs.Setup(large, [ToHandler with { Copy = true }, ToHandler], ("handler", () => new CountConsumer())), _system);

        Assert.Equal(100, (await Runs.ToEnd(first, small)).View.Ledger.Delivered.Packets);
        Assert.Equal(15_000, (await Runs.ToEnd(second, large)).View.Ledger.Delivered.Packets);
    }

    [Fact]
    public async Task A_dead_letter_is_taken_in_by_the_pipeline_it_is_of_and_once()
    {
        var (one, other) = (new FakeNic(long.MaxValue), new FakeNic(long.MaxValue));
        var reached = new TaskCompletionSource();
        await using var first = PipelineRun.Start(Runs.Setup(one, [ToHandler], ("handler", () => new RecordingConsumer([], _ => reached.TrySetResult()))), _system);
        await using var second = PipelineRun.Start(Runs.Setup(other, [ToHandler], ("handler", () => new CountConsumer())), _system);
        await reached.Task.WaitAsync(Runs.Patience);

        _system.Stop(await _system.ActorSelection("/user/pipeline/handler-0").ResolveOne(Runs.Patience));
        await Threads.Eventually(() => first.View().Ledger.Dropped.Packets > 0);
        first.Abort();
        second.Drain();

        Assert.True((await Runs.ToEnd(first, one)).Aborted);
        Assert.Equal(0, (await Runs.ToEnd(second, other)).View.Ledger.Dropped.Packets);
    }

    [Fact]
    public async Task A_system_that_is_terminated_in_order_lets_it_drain()
    {
        var (nic, run) = await Endless(_system);

        await _system.Terminate().WaitAsync(Runs.Patience);

        var outcome = await Runs.ToEnd(run, nic);
        Assert.False(outcome.Aborted);
        Assert.Equal(outcome.View.Ledger.Received, outcome.View.Ledger.Delivered);
    }

    [Fact]
    public async Task A_system_that_ends_under_it_ends_it_with_closed_books()
    {
        var system = ActorSystem.Create("abrupt", ConfigurationFactory.ParseString("akka.coordinated-shutdown.run-by-actor-system-terminate = off\nakka.loglevel = OFF"));
        var (nic, run) = await Endless(system);

        await system.Terminate().WaitAsync(Runs.Patience);

        Assert.True((await Runs.ToEnd(run, nic)).Aborted);
        await run.DisposeAsync();
    }

    [Fact]
    public async Task A_system_that_is_gone_is_refused_and_the_source_closed()
    {
        var nic = new FakeNic(1);
        await _system.Terminate();

        Assert.Throws<InvalidOperationException>(() => PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new CountConsumer())), _system));
        Assert.True(nic.IsDisposed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a/b")]
    [InlineData("$x")]
    public void A_name_that_cannot_be_an_actors_is_refused(string name) =>
        Assert.Throws<ArgumentException>(() => PipelineRun.Start(Runs.Setup(new FakeNic(1), [ToHandler], ("handler", () => new CountConsumer())) with { Name = name }, _system));

    /// <summary>A run that never ends by itself, and has begun.</summary>
    private static async Task<(FakeNic Nic, PipelineRun Run)> Endless(ActorSystem system)
    {
        var (nic, reached) = (new FakeNic(long.MaxValue), new TaskCompletionSource());
        var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new RecordingConsumer([], _ => reached.TrySetResult()))), system);
        await reached.Task.WaitAsync(Runs.Patience);
        return (nic, run);
    }
}
