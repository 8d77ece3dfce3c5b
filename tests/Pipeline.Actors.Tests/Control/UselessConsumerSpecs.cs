using Pipeline.Actors.Configuration;
using Pipeline.Actors.Delivery;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Xunit;

namespace Pipeline.Actors.Tests.Control;

/// <summary>A run behind which a consumer did no good at all is no success, and what its handler says of its packets breaks no books.</summary>
public sealed class UselessConsumerSpecs
{
    private static readonly RouteOptions ToHandler = new() { To = "handler", Overload = Overload.DropNew, Share = 1 };

    [Fact]
    public async Task A_consumer_that_never_opened_is_a_fault()
    {
        var outcome = await Run(() => throw new TypeInitializationException("Some", new InvalidOperationException("no settings\nhere")));

        var fault = Assert.Single(outcome.Faults);
        Assert.Equal("handler", fault.Where);
        Assert.Equal("never opened: InvalidOperationException: no settings here", Assert.IsType<ConsumerFailedException>(fault.Error).Message);
        Assert.Equal(fault.Error.Message, outcome.View.Consumers.Single(c => c.Name == "handler").Failure);
    }

    [Fact]
    public async Task A_consumer_that_failed_on_every_bundle_is_a_fault()
    {
        var outcome = await Run(() => new Handler(_ => throw new InvalidOperationException("never")));

        Assert.Equal("failed on every bundle it was given: InvalidOperationException: never", Assert.Single(outcome.Faults).Error.Message);
    }

    [Fact]
    public async Task A_consumer_that_failed_once_is_none()
    {
        var left = 1;
        var nic = new FakeNic(5_000);
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler with { Overload = Overload.Wait }], ("handler", () => new Handler(_ => FailOnce()))));

        var outcome = await Runs.ToEnd(run, nic);

        Assert.Empty(outcome.Faults);
        Assert.Null(outcome.View.Consumers.Single(c => c.Name == "handler").Failure);

        void FailOnce()
        {
            if (Interlocked.Decrement(ref left) >= 0) throw new InvalidOperationException("once");
        }
    }

    [Fact]
    public async Task A_consumer_that_was_given_nothing_is_none()
    {
        var nic = new FakeNic(100);
        var setup = Runs.Setup(nic, [ToHandler with { Mark = 5, MarkMask = 0xff }], ("handler", () => new Handler(_ => throw new InvalidOperationException("never"))));
        await using var run = PipelineRun.Start(setup);

        Assert.Empty((await Runs.ToEnd(run, nic)).Faults);
    }

    [Fact]
    public async Task Instances_that_say_the_same_are_one_fault()
    {
        var nic = new FakeNic(100);
        var setup = Runs.Setup(nic, [ToHandler], ("handler", () => throw new InvalidOperationException("no")));
        setup = setup with { Options = setup.Options with { Consumers = new Dictionary<string, ConsumerOptions> { ["handler"] = Runs.Bypass("handler", instances: 3) } } };
        await using var run = PipelineRun.Start(setup);

        Assert.Single((await Runs.ToEnd(run, nic)).Faults);
    }

    [Fact]
    public async Task An_exception_that_cannot_be_told_is_told_as_well_as_can_be()
    {
        var outcome = await Run(() => new Handler(_ => throw new UnspeakableException()));

        Assert.Equal("failed on every bundle it was given: UnspeakableException: (it cannot say what)", Assert.Single(outcome.Faults).Error.Message);
    }

    public delegate void Words(scoped PacketBatch batch);

    public static readonly TheoryData<string, Words, DropReason?> Wrong = new()
    {
        { "more than there is", b => b.Reject(DropReason.TxFull, 1_000, 100_000), DropReason.ConsumerFailed },
        { "less than nothing", b => b.Reject(DropReason.TxFull, -5, -5), DropReason.ConsumerFailed },
        { "an unknown reason", b => b.Reject((DropReason)77, 1, 64), DropReason.ConsumerFailed },
        { "all, and once more", b => { b.Reject(DropReason.TxFull, b.Count, b.Bytes); b.Reject(DropReason.OutputError, 1, 64); }, DropReason.ConsumerFailed },
        { "held, more than there is", b => b.Hold(b.Count + 1, b.Bytes), DropReason.ConsumerFailed },
        { "settled, and never held", b => b.Account.HeldDelivered(1, 64), DropReason.ConsumerFailed },
        { "held for ever", b => b.Hold(b.Count, b.Bytes), DropReason.Shutdown },
        { "held and settled at once", b => { b.Hold(b.Count, b.Bytes); b.Account.HeldDelivered(b.Count, b.Bytes); }, null },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Whatever_a_handler_says_of_its_packets_the_books_balance(string what, Words words, DropReason? reason)
    {
        var outcome = await Run(() => new Handler(words));

        var ledger = outcome.View.Ledger;
        Assert.True(ledger.BalancesAtRest, what);
        if (reason is { } expected) Assert.True(ledger.DroppedByReason.GetValueOrDefault(expected).Packets > 0, what);
        else Assert.Equal(ledger.Received, ledger.Delivered);
        Assert.DoesNotContain(outcome.Faults, f => f.Where == "ledger");
    }

    [Fact]
    public async Task Two_reasons_in_one_batch_are_both_counted()
    {
        var outcome = await Run(() => new Handler(batch =>
        {
            if (batch.Count < 3) return;
            batch.Reject(DropReason.TxFull, 1, FakeQueue.PacketBytes);
            batch.Reject(DropReason.OutputError, 1, FakeQueue.PacketBytes);
        }));

        var ledger = outcome.View.Ledger;
        Assert.True(ledger.DroppedByReason[DropReason.TxFull].Packets > 0);
        Assert.Equal(ledger.DroppedByReason[DropReason.TxFull], ledger.DroppedByReason[DropReason.OutputError]);
        Assert.Empty(outcome.Faults);
    }

    private static async Task<RunOutcome> Run(Func<IPacketConsumer> make)
    {
        var nic = new FakeNic(1_000);
        await using var run = PipelineRun.Start(Runs.Setup(nic, [ToHandler], ("handler", make)));
        return await Runs.ToEnd(run, nic);
    }

    private sealed class Handler(Words words) : PacketHandler
    {
        public override void Consume(scoped PacketBatch batch) => words(batch);
    }

    private sealed class UnspeakableException : Exception
    {
        public override string Message => throw new InvalidOperationException("speechless");
    }
}
