using Pipeline.Actors;
using Pipeline.Actors.Cluster;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Links;
using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.Simulated;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Cluster.Tests;

public sealed class RemoteConsumersSpecs : IAsyncLifetime
{
    private const long Made = 40_000;

    private static readonly SimulatedOptions Traffic = new() { Packets = Made, Queues = 2, Seed = 7 };

    private static readonly SimulatedOptions Endless = Traffic with { Packets = null, FreeRunning = true, Rate = 5_000 };

    private static readonly RouteOptions Waiting = new() { To = WorkingNodes.Group, Overload = Overload.Wait };

    private readonly WorkingNodes _nodes = new();
    private readonly TemporaryFolder _folder = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _nodes.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_books_are_the_same_with_consumers_here_and_on_other_nodes(bool isEncrypted)
    {
        using var authority = new LabAuthority(_folder);
        if (isEncrypted) _nodes.Change = (n, options) => options with { Cluster = options.Cluster! with { Tls = authority.Files($"n{n}") } };
        var alone = await Alone();
        _nodes.Consume(2);
        _nodes.Consume(3);

        var outcome = await _nodes.Receive(1, Traffic).Completion;

        Assert.Empty(outcome.Faults);
        var (here, there) = (alone.View.Ledger, outcome.View.Ledger);
        Assert.Equal((here.Received, here.Delivered, here.Passed, 0), (there.Received, there.Delivered, there.Passed, there.Dropped.Packets));
        Assert.Equal(alone.View.Routes.Select(r => r.Taken), outcome.View.Routes.Select(r => r.Taken));
        Assert.True(outcome.View.Balanced);
        Assert.Equal((0, 0), (outcome.View.OnWire, outcome.View.Resent));
        Assert.Equal(Made, _nodes.Taken(2, 3).Sum());
    }

    [Fact]
    public async Task A_copy_goes_to_another_node_and_its_packet_to_the_stack_of_this_one()
    {
        _nodes.Consume(2);

        var outcome = await _nodes.Receive(1, Traffic, new RouteOptions { To = WorkingNodes.Group, Copy = true }).Completion;

        var books = outcome.View.Ledger;
        Assert.Equal((Made, 0L, Made, 0L), (books.Passed.Packets, books.Delivered.Packets, books.CopiesDelivered.Packets, books.CopiesDropped.Packets));
        Assert.Equal([Made], _nodes.Taken(2));
    }

    [Fact]
    public async Task A_node_that_ends_in_an_orderly_way_hands_its_flows_over_and_nothing_is_lost()
    {
        _nodes.Consume(2);
        _nodes.Consume(3);
        var first = _nodes.Receive(1, Endless, Waiting);
        await _nodes.Until(2, v => v.Consumers.Any(c => c.ForOthers.Packets > 100));

        _nodes[2].Drain();
        var second = await _nodes[2].Completion;
        var before = _nodes.Taken(3)[0];
        await _nodes.Until(3, v => v.Consumers.Any(c => c.ForOthers.Packets > before + 2_000));
        first.Drain();
        var outcome = await first.Completion;

        Assert.Empty(second.Faults);
        Assert.Empty(outcome.Faults);
        Assert.Equal((outcome.View.Ledger.Received, 0), (outcome.View.Ledger.Delivered, outcome.View.Resent));
        Assert.Equal(outcome.View.Ledger.Received.Packets, _nodes.Taken(2, 3).Sum());
        Assert.True(second.View.Balanced && outcome.View.Balanced);
    }

    [Fact]
    public async Task Instances_that_are_added_get_flows_and_none_is_taken_away_while_other_nodes_send_to_it()
    {
        _nodes.Consume(2);
        var first = _nodes.Receive(1, Endless, Waiting);
        await _nodes.Until(2, v => v.Consumers.Any(c => c.ForOthers.Packets > 100));

        Assert.True(await _nodes[2].ScaleConsumer(WorkingNodes.Group, 2));
        await _nodes.Until(2, v => Work(v).Instances.Count(i => i.Handoff.Bundles > 10) == 2);
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => _nodes[2].ScaleConsumer(WorkingNodes.Group, 1));

        Assert.StartsWith("other nodes send packets to the 2 instances of work here", refused.Message, StringComparison.Ordinal);
        first.Drain();
        var outcome = await first.Completion;
        Assert.Equal((outcome.View.Ledger.Received, outcome.View.Ledger.Received.Packets), (outcome.View.Ledger.Delivered, _nodes.Taken(2)[0]));
    }

    [Fact]
    public async Task A_route_that_is_added_later_leads_to_what_other_nodes_had_offered_before()
    {
        _nodes.Consume(2);
        var first = _nodes.Receive(1, Endless, new RouteOptions { To = "stack" });
        await _nodes.Until(1, v => v.Ledger.Passed.Packets > 0);

        Assert.True(await first.AddRoute(Waiting));
        await _nodes.Until(1, v => v.Ledger.Delivered.Packets > 100);
        first.Drain();

        Assert.True((await first.Completion).View.Balanced);
    }

    [Fact]
    public async Task With_local_preferred_packets_stay_on_the_node_where_they_came_in()
    {
        _nodes.Change = (number, options) => number != 1 ? options : options with
        {
            Cluster = options.Cluster! with { Roles = [ClusterRole.Nic, ClusterRole.Consumer] },
            Consumers = options.Consumers.ToDictionary(c => c.Key, c => c.Value with { PrefersLocal = true }),
        };
        _nodes.Consume(2);
        var first = _nodes.Receive(1, Endless, Waiting);
        await _nodes.Until(1, v => v.Ledger.Delivered.Packets > 100 && v.LinksOut.Any(l => l.State == PeerState.Up));

        first.Drain();
        var outcome = await first.Completion;

        Assert.Equal(outcome.View.Ledger.Received, outcome.View.Ledger.Delivered);
        Assert.Equal(0, _nodes.Taken(2)[0]);
    }

    [Fact]
    public async Task A_source_for_which_no_node_comes_ends_without_having_begun()
    {
        _nodes.Change = (_, options) => options with { Cluster = options.Cluster! with { Wait = TimeSpan.FromSeconds(1) } };

        var outcome = await _nodes.Receive(1, Traffic).Completion;

        Assert.Equal("no node that runs work came within 1 s, as long as `cluster.wait` says", Assert.IsType<ClusterException>(Assert.Single(outcome.Faults).Error).Message);
        Assert.Equal(default, outcome.View.Ledger.Received);
        Assert.True(outcome.View.Balanced);
    }

    [Fact]
    public async Task An_end_at_once_drops_what_is_on_the_wire_and_the_books_balance()
    {
        _nodes.Consume(2);
        var first = _nodes.Receive(1, Traffic with { Packets = null, FreeRunning = true, Rate = 50_000 });
        await _nodes.Until(1, v => v.Ledger.Delivered.Packets > 100);

        first.Abort();
        var outcome = await first.Completion;

        Assert.True(outcome.View.Balanced);
        Assert.Empty(outcome.View.Ledger.DroppedByReason.Keys.Except([DropReason.Shutdown, DropReason.ShareExceeded, DropReason.RemoteLost]));
    }

    private static ConsumerView Work(PipelineView view) => view.Consumers.First(c => c.Name == WorkingNodes.Group);

    private static async Task<RunOutcome> Alone()
    {
        var source = new SourceOptions { Sim = Traffic };
        var consumer = new ConsumerOptions { Name = WorkingNodes.Group, Kind = ConsumerKind.Bypass, Handler = "count" };
        var options = new PipelineOptions
        {
            Source = source,
            Routes = [new RouteOptions { To = consumer.Name }],
            Consumers = new Dictionary<string, ConsumerOptions> { [consumer.Name] = consumer },
        };
        await using var run = PipelineRun.Start(new PipelineSetup { Options = options, Nic = Backends.Open(source) });
        return await run.Completion;
    }
}
