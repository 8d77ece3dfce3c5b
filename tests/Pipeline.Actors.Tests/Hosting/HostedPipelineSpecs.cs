using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Hosting;
using Pipeline.Actors.Setup;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Diagnostics;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Actors.Tests.Hosting;

/// <summary>What <c>services.AddPipeline(...)</c> puts into an application.</summary>
public sealed class HostedPipelineSpecs
{
    private static readonly RouteOptions ToHandler = new() { To = "handler", Overload = Overload.Wait, Share = 1 };

    private readonly LogBook _log = new();
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task It_starts_with_the_host_and_drains_with_it()
    {
        var nic = new FakeNic(long.MaxValue);
        using var host = Applications.With(s => s.AddPipeline(p => Endless(p, nic)), _log);

        await host.StartAsync();
        await _reached.Task.WaitAsync(Runs.Patience);
        await host.StopAsync();

        var outcome = await PipelineOf(host).Completion.WaitAsync(Runs.Patience);
        Assert.False(outcome.Aborted);
        Assert.Equal(outcome.View.Ledger.Received, outcome.View.Ledger.Delivered);
        Assert.True(outcome.View.Balanced && nic.IsDisposed);
    }

    [Fact]
    public async Task Its_figures_can_be_seen_while_it_runs_and_afterwards()
    {
        var nic = new FakeNic(100);
        using var host = Applications.With(s => s.AddPipeline(p => p.ReceiveFrom(_ => nic).Handler<CountConsumer>("handler").Route(ToHandler)));
        var pipeline = PipelineOf(host);

        Assert.Throws<InvalidOperationException>(pipeline.View);
        await host.StartAsync();
        pipeline.View();
        await pipeline.Completion.WaitAsync(Runs.Patience);

        Assert.True(pipeline.View() is { AtRest: true, Ledger.Delivered.Packets: 100 });
    }

    [Fact]
    public async Task What_does_not_drain_in_time_is_aborted()
    {
        var (nic, hanging, release) = (new FakeNic(long.MaxValue), new TaskCompletionSource(), new ManualResetEventSlim());
        using var host = Applications.With(s => s.AddPipeline(p => p.ReceiveFrom(_ => nic).Handler("handler", _ => new RecordingConsumer([], Hang)).Route(ToHandler)), _log, TimeSpan.FromMilliseconds(100));
        await host.StartAsync();
        await hanging.Task.WaitAsync(Runs.Patience);

        await host.StopAsync().WaitAsync(Runs.Patience);

        release.Set();
        Assert.True((await PipelineOf(host).Completion.WaitAsync(Runs.Patience)).Aborted);
        Assert.Contains(_log.Entries, e => e.Level == LogLevel.Warning && e.Text.Contains("did not drain", StringComparison.Ordinal));

        void Hang(long number)
        {
            hanging.TrySetResult();
            release.Wait(Runs.Patience);
        }
    }

    [Fact]
    public async Task A_fault_of_the_source_is_logged_and_told_by_the_outcome()
    {
        var nic = new FakeNic(1_000);
        nic[0].Fault = (500, new IOException("the cable is out"));
        using var host = Applications.With(s => s.AddPipeline(p => Endless(p, nic)), _log);

        await host.StartAsync();
        var outcome = await PipelineOf(host).Completion.WaitAsync(Runs.Patience);

        Assert.Equal(("fake:0", "the cable is out"), (Assert.Single(outcome.Faults).Where, outcome.Faults[0].Error.Message));
        var entry = Assert.Single(_log.Entries, e => e.Level == LogLevel.Error);
        Assert.Equal(("Pipeline.Events", "Pipeline pipeline: fake:0: the cable is out", "the cable is out"), (entry.Category, entry.Text, entry.Error?.Message));
    }

    [Fact]
    public async Task A_handler_that_throws_is_logged_and_made_anew()
    {
        var (nic, throws) = (new FakeNic(5_000), 1);
        using var host = Applications.With(s => s.AddPipeline(p => p.ReceiveFrom(_ => nic).Handler("handler", _ => new RecordingConsumer([], Throw)).Route(ToHandler)), _log);

        await host.StartAsync();
        var outcome = await PipelineOf(host).Completion.WaitAsync(Runs.Patience);

        Assert.Empty(outcome.Faults);
        Assert.True(outcome.View.Ledger.Dropped.Packets > 0);
        Assert.Contains(_log.Entries, e => e.Level == LogLevel.Warning && e.Text.Contains("handler", StringComparison.Ordinal) && e.Error?.Message == "not today");

        void Throw(long number)
        {
            if (Interlocked.Exchange(ref throws, 0) == 1) throw new InvalidOperationException("not today");
        }
    }

    [Fact]
    public async Task Errors_of_configuration_and_rules_keep_the_host_from_starting_and_are_all_told()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder["bad.rules"], "rule dns match oops mark 1\n");
        await File.WriteAllTextAsync(folder["bad.conf"], "pipeline { bundle { packets = many }\n sauce = 1 }");
        using var host = Applications.With(s => s.AddPipeline(p => p.FromFile(folder["bad.conf"]).RulesFromFile(folder["bad.rules"])));

        var error = await Assert.ThrowsAsync<InvalidInputException>(() => host.StartAsync());

        Assert.All(["bad.conf:1:", "bad.conf:2:", "bad.rules:1:"], place => Assert.Contains(place, error.Message));
        Assert.Same(error, await Assert.ThrowsAsync<InvalidInputException>(() => PipelineOf(host).Completion));
    }

    [Fact]
    public async Task It_ends_the_application_when_it_is_asked_to()
    {
        using var host = Applications.With(s => s.AddPipeline(p => p.ReceiveFrom(_ => new FakeNic(10)).StopApplicationWhenDone()));
        var pipeline = PipelineOf(host);

        await host.RunAsync().WaitAsync(Runs.Patience);

        Assert.Equal(10, pipeline.View().Ledger.Passed.Packets);
    }

    [Fact]
    public async Task Two_in_one_host_have_names_and_books_of_their_own()
    {
        using var host = Applications.With(services => services
            .AddPipeline("edge", p => p.ReceiveFrom(_ => new FakeNic(10)))
            .AddPipeline("core", p => p.ReceiveFrom(_ => new FakeNic(20)).Handler<CountConsumer>("handler").Route(ToHandler)));

        await host.StartAsync();
        var (edge, core) = (host.Services.GetRequiredKeyedService<IPipeline>("edge"), host.Services.GetRequiredKeyedService<IPipeline>("core"));
        await Task.WhenAll(edge.Completion, core.Completion).WaitAsync(Runs.Patience);

        Assert.Equal((10, 20), (edge.View().Ledger.Passed.Packets, core.View().Ledger.Delivered.Packets));
    }

    [Fact]
    public void A_second_one_without_a_name_and_a_second_of_one_name_are_refused()
    {
        var services = new ServiceCollection().AddPipeline(_ => { }).AddPipeline("edge", _ => { });

        Assert.Throws<InvalidOperationException>(() => services.AddPipeline(_ => { }));
        Assert.Throws<InvalidOperationException>(() => services.AddPipeline("edge", _ => { }));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_joins_the_actor_system_of_the_host_and_drains_before_that_ends(bool akkaFirst)
    {
        var nic = new FakeNic(long.MaxValue);
        using var host = Applications.With(services =>
        {
            if (akkaFirst) AddAkka(services);
            services.AddPipeline(p => Endless(p, nic));
            if (!akkaFirst) AddAkka(services);
        });
        await host.StartAsync();
        await _reached.Task.WaitAsync(Runs.Patience);

        var root = await host.Services.GetRequiredService<ActorSystem>().ActorSelection("/user/pipeline").ResolveOne(Runs.Patience);
        await host.StopAsync();

        Assert.Equal("theirs", root.Path.Address.System);
        Assert.False((await PipelineOf(host).Completion.WaitAsync(Runs.Patience)).Aborted);

        static void AddAkka(IServiceCollection services) => services.AddAkka("theirs", akka => akka.AddHocon("akka.loglevel = OFF", HoconAddMode.Prepend));
    }

    [Fact]
    public async Task A_handler_gets_services_into_its_constructor()
    {
        using var host = Applications.With(services => services
            .AddSingleton<Figures>()
            .AddPipeline(p => p.ReceiveFrom(_ => new FakeNic(100)).Handler<FiguringConsumer>("handler", instances: 2).Route(ToHandler)));

        await host.StartAsync();
        await PipelineOf(host).Completion.WaitAsync(Runs.Patience);

        Assert.Equal((100, 2), (host.Services.GetRequiredService<Figures>().Packets, host.Services.GetRequiredService<Figures>().Made));
    }

    private static IPipeline PipelineOf(IHost host) => host.Services.GetRequiredService<IPipeline>();

    private PipelineBuilder Endless(PipelineBuilder pipeline, FakeNic nic) =>
        pipeline.ReceiveFrom(_ => nic).Handler("handler", _ => new RecordingConsumer([], _ => _reached.TrySetResult())).Route(ToHandler);

    private sealed class Figures
    {
        private int _packets;
        private int _made;

        public int Packets => _packets;

        public int Made => _made;

        public void Make() => Interlocked.Increment(ref _made);

        public void Add(int packets) => Interlocked.Add(ref _packets, packets);
    }

    private sealed class FiguringConsumer : IPacketConsumer
    {
        private readonly Figures _figures;

        public FiguringConsumer(Figures figures)
        {
            _figures = figures;
            figures.Make();
        }

        public void Consume(scoped PacketBatch batch) => _figures.Add(batch.Count);

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
