using Pipeline.Actors.Telemetry;
using Pipeline.Host.Reports;
using Pipeline.Host.Tests.Running;
using Pipeline.Nic.Accounts;
using Xunit;

namespace Pipeline.Host.Tests.Reports;

public sealed class StatusSentenceTests
{
    private static readonly PipelineView Running = Views.Of(new(1000, 64_000), new(600, 38_400), new(400, 25_600)) with
    {
        AtRest = false,
        RateWindow = TimeSpan.FromSeconds(1),
        Rates = new LedgerRates(new(312_000, 100_000_000), default, default, default),
        Queues = [new("sim:0", default, 0), new("sim:1", default, 0)],
    };

    [Fact]
    public void A_run_that_loses_nothing_is_healthy() =>
        Assert.Equal(new(Mood.Good, "Healthy: 312 k packets/s in, 800 Mbit/s, nothing lost"), StatusSentence.Of(Running));

    [Fact]
    public void What_the_device_loses_is_named_with_its_queue()
    {
        QueueView losing = new("sim:1", default, 0) { LostRates = new Dictionary<DeviceLoss, double> { [DeviceLoss.RingFull] = 3100 } };

        Assert.Equal(new(Mood.Poor, "Losing 3.10 k packets/s in the device: ring-full at sim:1"), StatusSentence.Of(Running with { Queues = [Running.Queues[0], losing] }));
    }

    [Fact]
    public void What_is_dropped_is_named_with_its_reasons()
    {
        var view = Running with
        {
            Rates = Running.Rates with { Dropped = new(50, 3200) },
            Ledger = Running.Ledger with { Received = new(1007, 64_448), DroppedByReason = new Dictionary<DropReason, PacketTally> { [DropReason.ShareExceeded] = new(7, 448) } },
        };

        Assert.Equal(new(Mood.Poor, "Dropping 50 packets/s: share-exceeded"), StatusSentence.Of(view));
    }

    [Fact]
    public void A_consumer_that_is_paused_is_named()
    {
        ConsumerView paused = new("flows", "bypass", default, 0, 0, []) { Instances = [new("flows-0", ConsumerState.Paused, 0, null, default, HandoffView.None)] };

        Assert.EndsWith("; flows-0 is paused", StatusSentence.Of(Running with { Consumers = [paused] }).Text);
    }

    [Fact]
    public void Open_books_outrank_everything() =>
        Assert.Equal(Mood.Bad, StatusSentence.Of(Running with { Ledger = Running.Ledger with { Received = default } }).Mood);
}
