using Akka.Actor;
using Akka.Dispatch;
using Pipeline.Actors.Dispatch;
using Pipeline.Nic.Linux;
using Xunit;

namespace Pipeline.Actors.Tests;

/// <summary>What the actor system really runs with, asked of the system and not of the text.</summary>
public sealed class EmbeddedConfigSpecs : IDisposable
{
    private readonly ActorSystem _system = ActorSystem.Create("configured", EmbeddedConfig.Load());

    public void Dispose() => _system.Dispose();

    [Theory]
    [InlineData(DispatcherIds.Intake, 1)]
    [InlineData(DispatcherIds.Delivery, 1)]
    [InlineData(DispatcherIds.Control, 5)]
    public void A_dispatcher_of_ours_is_there_and_its_batches_are_short(string id, int throughput)
    {
        var dispatcher = _system.Dispatchers.Lookup(id);

        Assert.IsType<Dispatcher>(dispatcher);
        Assert.Equal((id, throughput), (dispatcher.Id, dispatcher.Throughput));
    }

    [Theory]
    [InlineData(DispatcherIds.Intake)]
    [InlineData(DispatcherIds.Delivery)]
    [InlineData(DispatcherIds.Control)]
    public void A_deadline_would_break_batching_and_is_unset(string id) =>
        Assert.True(_system.Dispatchers.Lookup(id).ThroughputDeadlineTime is null or 0);

    [Theory]
    [InlineData(DispatcherIds.Intake)]
    [InlineData(DispatcherIds.Delivery)]
    [InlineData(DispatcherIds.Control)]
    public async Task An_actor_of_a_dispatcher_runs_on_the_thread_of_its_name(string id)
    {
        var asked = _system.ActorOf(Props.Create(() => new ThreadTeller()).WithDispatcher(id));

        Assert.Equal(id, await asked.Ask<string>("on which?", TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void The_mailbox_of_bundles_is_ours_and_holds_what_the_topology_counts_on()
    {
        var type = _system.Mailboxes.Lookup(BundleMailbox.Id);

        Assert.IsType<BundleMailbox>(type);
        Assert.Equal(4096, _system.Settings.Config.GetInt($"{BundleMailbox.Id}.{BundleMailbox.CapacityKey}"));
    }

    [Theory]
    [InlineData("akka.loglevel", "WARNING")]
    [InlineData("akka.stdout-loglevel", "OFF")]
    [InlineData("akka.log-dead-letters", "off")]
    [InlineData("akka.log-dead-letters-during-shutdown", "off")]
    [InlineData("akka.actor.guardian-supervisor-strategy", "Akka.Actor.StoppingSupervisorStrategy")]
    [InlineData("akka.actor.telemetry.enabled", "on")]
    [InlineData("akka.actor.default-dispatcher.executor", "fork-join-executor")]
    [InlineData("akka.actor.internal-dispatcher.executor", "fork-join-executor")]
    [InlineData("akka.coordinated-shutdown.run-by-clr-shutdown-hook", "off")]
    [InlineData("akka.coordinated-shutdown.exit-clr", "off")]
    public void A_setting_of_the_actor_system_has_arrived(string key, string value) =>
        Assert.Equal(value, _system.Settings.Config.GetString(key));

    [Fact]
    public void Messages_are_not_serialized_on_their_way_or_bundles_would_be_cloned() =>
        Assert.False(_system.Settings.SerializeAllMessages);

    [Fact]
    public async Task Every_thread_of_a_placement_has_its_dispatcher_on_its_CPU()
    {
        // With more CPUs than this machine may have; those that are not there are done without.
        var cpus = Sched.AllowedCpus();
        var placement = CpuPlacement.Of(new UsableCpus([cpus[0], cpus[0], cpus[^1], 8190], 4), queues: 2, instances: 1);
        using var system = ActorSystem.Create("placed", EmbeddedConfig.Load(placement: placement));
        var asked = system.ActorOf(Props.Create(() => new ThreadTeller()).WithDispatcher(DispatcherIds.IntakeOf(1)));

        Assert.Equal(DispatcherIds.IntakeOf(1) + " on " + cpus[^1], await asked.Ask<string>("and on which CPU?", TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public void Users_keys_are_no_part_of_it() => Assert.False(EmbeddedConfig.Load().HasPath("pipeline"));

    private sealed class ThreadTeller : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            var name = Thread.CurrentThread.Name ?? "a nameless one";
            Sender.Tell(message is "on which?" ? name : $"{name} on {string.Join(',', Sched.CpusOfThisThread())}");
        }
    }

    [Fact]
    public void A_mailbox_of_another_size_has_an_id_of_its_own()
    {
        var id = BundleMailbox.Sized(_system, 9000);

        Assert.IsType<BundleMailbox>(_system.Mailboxes.Lookup(id));
        Assert.Equal((9000, 4096), (CapacityOf(id), CapacityOf(BundleMailbox.Sized(_system, 4096))));
        Assert.Equal(BundleMailbox.Id, BundleMailbox.Sized(_system, 4096));
    }

    private int CapacityOf(string mailbox) => _system.Settings.Config.GetInt($"{mailbox}.{BundleMailbox.CapacityKey}");
}
