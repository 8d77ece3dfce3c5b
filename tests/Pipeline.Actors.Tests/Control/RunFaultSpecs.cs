using Pipeline.Actors.Configuration;
using Pipeline.Actors.Control;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Pages;
using Xunit;

namespace Pipeline.Actors.Tests.Control;

/// <summary>Queues, consumers, outputs and books that fail: what is told, what goes on, and that every packet is in the books.</summary>
public sealed class RunFaultSpecs
{
    private static readonly RouteOptions ToHandler = new() { To = "handler", Overload = Overload.Wait, Share = 1 };

    [Fact]
    public async Task A_fault_in_one_queue_is_told_and_the_other_goes_on_to_its_end()
    {
        var nic = new FakeNic(2_000, queues: 2) { Traits = SourceTraits.LiveCopy };
        nic[0].Fault = (700, new IOException("on order"));
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new CountConsumer())));

        var outcome = await Runs.ToEnd(run, nic);

        Assert.Equal([700, 2_000], outcome.View.Queues.Select(q => q.Received.Packets));
        Assert.Equal(("fake:0", "on order"), (Assert.Single(outcome.Faults).Where, outcome.Faults[0].Error.Message));
    }

    [Fact]
    public async Task A_fault_in_one_queue_of_a_device_that_takes_from_the_stack_ends_the_run_and_gives_it_back()
    {
        var nic = new FakeNic(long.MaxValue, queues: 2) { Traits = SourceTraits.LiveTaken };
        nic[0].Fault = (700, new IOException("on order"));
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new CountConsumer())));

        var outcome = await Runs.ToEnd(run, nic);

        Assert.Equal(("fake:0", "on order"), (Assert.Single(outcome.Faults).Where, outcome.Faults[0].Error.Message));
    }

    [Fact]
    public async Task A_queue_that_fails_with_packets_in_its_hand_has_received_them()
    {
        var nic = new FakeNic(long.MaxValue);
        nic[0].Fault = (100, new IOException("on order"));
        nic[0].FailsWithPacketsInHand = true;
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new CountConsumer())));

        var outcome = await Runs.ToEnd(run, nic);

        Assert.Equal(100, outcome.View.Ledger.Delivered.Packets);
        Assert.Equal("on order", Assert.Single(outcome.Faults).Error.Message);
    }

    [Fact]
    public async Task Books_that_do_not_balance_at_rest_are_a_fault()
    {
        var nic = new FakeNic(100);
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new CookingConsumer())));

        var outcome = await run.Completion.WaitAsync(Runs.Patience);

        Assert.False(outcome.View.Balanced);
        Assert.IsType<LedgerException>(Assert.Single(outcome.Faults).Error);
    }

    [Fact]
    public async Task A_consumer_whose_Complete_throws_does_not_hold_up_the_end()
    {
        var nic = new FakeNic(100);
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", () => new ScriptedConsumer(new CallLog(), onComplete: () => throw new InvalidDataException("on order")))));

        var outcome = await Runs.ToEnd(run, nic);

        Assert.Equal((100, 1), (outcome.View.Ledger.Delivered.Packets, outcome.View.Consumers.Single(c => c.Name == "handler").Restarts));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_output_that_fails_ends_the_run_only_if_it_is_what_the_run_is_for(bool endsRun)
    {
        var nic = new FakeNic(endsRun ? long.MaxValue : 5_000);
        var setup = Runs.Setup(nic, [ToHandler], ("handler", () => new RecordingConsumer([], _ => throw new OutputException("out.pcap", "on order"))));
        var output = new ConsumerOptions { Name = "handler", Kind = ConsumerKind.AfPacket, EndsRunOnFailure = endsRun };
        await using var run = PipelineRun.Start(setup with { Options = setup.Options with { Consumers = new Dictionary<string, ConsumerOptions> { ["handler"] = output } } });

        var outcome = await Runs.ToEnd(run, nic);

        Assert.Equal(("handler", "out.pcap: on order"), (Assert.Single(outcome.Faults).Where, outcome.Faults[0].Error.Message));
        Assert.Equal(outcome.View.Ledger.Received, outcome.View.Ledger.DroppedByReason[DropReason.OutputError]);
        Assert.True(endsRun || outcome.View.Ledger.Received.Packets == 5_000);
    }

    [Fact]
    public async Task Packets_for_an_output_that_has_failed_go_to_the_stack_if_the_route_says_so()
    {
        var (nic, stack) = (new FakeNic(long.MaxValue), new List<long>());
        var route = ToHandler with { OnFailure = OnFailure.ToStack };
        var setup = Runs.Setup(
            nic, [route], ("handler", () => new RecordingConsumer([], _ => throw new OutputException("out.pcap", "on order"))), ("stack", () => new RecordingConsumer(stack)));
        var output = new ConsumerOptions { Name = "handler", Kind = ConsumerKind.AfPacket };
        await using var run = PipelineRun.Start(setup with { Options = setup.Options with { Consumers = new Dictionary<string, ConsumerOptions> { ["handler"] = output } } });

        await Threads.Eventually(() => run.View().Ledger.Passed.Packets > 10_000);
        run.Drain();

        var outcome = await Runs.ToEnd(run, nic);
        Assert.Equal(outcome.View.Ledger.Received, outcome.View.Ledger.Passed + outcome.View.Ledger.DroppedByReason[DropReason.OutputError]);
    }

    /// <summary>Counts a packet that nobody received, which takes a whole bundle in hand.</summary>
    private sealed class CookingConsumer : IBundleConsumer
    {
        public int InFlight => 0;

        public bool TryTake(PageBundle bundle)
        {
            bundle.Account.Delivered(1, 64);
            return false;
        }

        public void Consume(scoped PacketBatch batch)
        {
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
