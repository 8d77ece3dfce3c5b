using Pipeline.Actors.Configuration;
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
    public void A_route_that_is_open_comes_before_what_is_lost()
    {
        var route = new RouteView(new RouteOptions { To = "flows", Breaker = new BreakerOptions() }, Overload.DropNew, default, new Dictionary<DropReason, PacketTally>(), 0, 8)
        {
            Breaker = new BreakerView(IsOpen: true, 1, 0.5, null),
        };

        Assert.Equal(
            new(Mood.Poor, "A route to flows is open: its packets go to the normal stack"),
            StatusSentence.Of(Running with { Routes = [route], Rates = Running.Rates with { Dropped = new(57, 3648) } }));
    }

    [Fact]
    public void What_the_device_loses_is_named_with_its_queue()
    {
        QueueView losing = new("sim:1", default, 0) { LostRates = new Dictionary<DeviceLoss, double> { [DeviceLoss.RingFull] = 3100 } };

        Assert.Equal(new(Mood.Poor, "Losing 3.10 k packets/s in the device: ring-full at sim:1"), StatusSentence.Of(Running with { Queues = [Running.Queues[0], losing] }));
    }

    [Fact]
    public void What_is_dropped_is_named_with_its_reasons_and_whose_it_was_the_worst_first()
    {
        var view = Running with
        {
            Rates = Running.Rates with { Dropped = new(57, 3648) },
            Ledger = Running.Ledger with { Received = new(1007, 64_448), DroppedByReason = new Dictionary<DropReason, PacketTally> { [DropReason.ConsumerFailed] = new(7, 448) } },
            Consumers = [Dropping("stack", DropReason.ShareExceeded, 7), Dropping("flows", DropReason.ShareExceeded, 50), new("quiet", "bypass", default, 0, 0, [])],
        };

        Assert.Equal(new(Mood.Poor, "Dropping 57 packets/s: share-exceeded at flows, stack"), StatusSentence.Of(view));
    }

    [Fact]
    public void Of_many_consumers_the_worst_are_named()
    {
        var view = Running with { Rates = Running.Rates with { Dropped = new(50, 3200) }, Consumers = [.. Enumerable.Range(1, 5).Select(i => Dropping($"c{i}", DropReason.OutputFull, i))] };

        Assert.Equal("Dropping 50 packets/s: output-full at c5, c4, c3 and 2 more", StatusSentence.Of(view).Text);
    }

    [Fact]
    public void Copies_that_are_dropped_are_no_packets_and_are_told_too()
    {
        ConsumerView capture = new("capture", "af_packet", default, 0, 0, []) { CopyDropRates = new Dictionary<DropReason, double> { [DropReason.ShareExceeded] = 21 } };

        Assert.Equal(new(Mood.Poor, "Dropping 21 copies/s: share-exceeded at capture"), StatusSentence.Of(Running with { Consumers = [capture] }));
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

    private static ConsumerView Dropping(string name, DropReason reason, double rate) =>
        new(name, "bypass", default, 0, 0, []) { DropRates = new Dictionary<DropReason, double> { [reason] = rate } };
}
