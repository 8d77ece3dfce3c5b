using Pipeline.Actors.Cluster;
using Pipeline.Actors.Telemetry;
using Pipeline.Actors.Tests.Fakes;
using Xunit;

namespace Pipeline.Actors.Tests.Telemetry;

public sealed class HealthTests
{
    [Fact]
    public void A_pipeline_at_work_is_ready() =>
        Assert.Empty(Of(Views.Of() with { Consumers = [Views.Consumer("dns", ConsumerState.Running, ConsumerState.Paused)] }));

    [Fact]
    public void A_source_that_is_down_is_told_with_why() =>
        Assert.Equal(["source down: eth0:0: eth0 is down"], Of(Views.Of() with { Queues = [Queue(QueueState.BackingOff) with { Trouble = "eth0 is down" }] }));

    [Theory]
    [InlineData(QueueState.Starting, "the source is starting")]
    [InlineData(QueueState.Opening, "the source is starting")]
    [InlineData(QueueState.Draining, "the source has ended, and what it gave arrives")]
    [InlineData(QueueState.Ended, "the source has ended, and what it gave arrives")]
    internal void A_source_that_gives_nothing_yet_or_any_more_is_told(QueueState state, string reason) =>
        Assert.Equal([reason], Of(Views.Of() with { Queues = [Queue(state)] }));

    [Fact]
    public void A_consumer_that_failed_for_good_is_told_though_another_instance_works() =>
        Assert.Equal(["consumer failed: dns-1: out of luck"], Of(Views.Of() with { Consumers = [Views.Consumer("dns", ConsumerState.Running, ConsumerState.Failed)] }));

    [Fact]
    public void A_consumer_that_is_made_anew_is_told_when_no_instance_takes_its_packets()
    {
        Assert.Empty(Of(Views.Of() with { Consumers = [Views.Consumer("dns", ConsumerState.Running, ConsumerState.BackingOff)] }));
        Assert.Equal(["consumer failed: dns is made anew: out of luck"], Of(Views.Of() with { Consumers = [Views.Consumer("dns", ConsumerState.BackingOff, ConsumerState.BackingOff)] }));
    }

    [Fact]
    public void A_consumer_that_has_finished_is_told() =>
        Assert.Equal(["consumer stopped: dns"], Of(Views.Of() with { Consumers = [Views.Consumer("dns", ConsumerState.Completed)] }));

    [Theory]
    [InlineData(ClusterState.Joining, "cluster not joined: n1 asks its seeds to be let in")]
    [InlineData(ClusterState.Lost, "cluster lost: the cable is out")]
    [InlineData(ClusterState.Left, "cluster left: n1 was asked to")]
    [InlineData(ClusterState.Member, null)]
    public void A_node_without_its_cluster_is_told(ClusterState state, string? reason) =>
        Assert.Equal(reason is null ? [] : [reason], Of(Views.Of() with { Cluster = new ClusterView("n1", state, []) { Trouble = "the cable is out" } }));

    [Theory]
    [InlineData(30, true)]
    [InlineData(31, false)]
    public void Control_actors_that_are_silent_for_half_a_minute_do_not_live(int seconds, bool lives) =>
        Assert.Equal(lives, PipelineHealth.OfLife(TimeSpan.FromSeconds(seconds)).IsReady);

    private static IReadOnlyList<string> Of(PipelineView view) => PipelineHealth.Of(view).Reasons;

    private static QueueView Queue(QueueState state) => new("eth0:0", default, 0) { State = state };
}
