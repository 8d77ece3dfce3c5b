using Pipeline.Actors.Configuration;
using Pipeline.Actors.Links;
using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Accounts;
using Xunit;

namespace Pipeline.Actors.Tests.Telemetry;

public sealed class RateWindowTests
{
    private static readonly RouteOptions Everything = new() { To = "c" };

    private readonly RateWindow _window = new();

    [Fact]
    public void The_first_view_has_no_rates() => Assert.Equal((TimeSpan.Zero, default), (At(0, 500).RateWindow, At(0.01, 600).Queues[0].Rate));

    [Fact]
    public void Rates_are_taken_over_a_second_once_there_is_a_view_that_old()
    {
        for (var i = 0; i < 10; i++) At(i * 0.2, i * 100);

        var view = At(2, 1000);

        Assert.Equal(TimeSpan.FromSeconds(1), view.RateWindow);
        Assert.Equal(new Rate(500, 32_000), view.Queues[0].Rate);
        Assert.Equal(new Rate(500, 32_000), view.Rates.Received);
    }

    [Fact]
    public void Before_a_second_has_passed_rates_are_taken_over_what_there_is()
    {
        At(0, 0);

        Assert.Equal(500, At(0.2, 100).Queues[0].Rate.Packets, 3);
    }

    [Fact]
    public void A_view_of_long_ago_makes_no_rate()
    {
        At(0, 0);

        Assert.Equal(TimeSpan.Zero, At(60, 100_000).RateWindow);
    }

    [Fact]
    public void What_stands_still_has_a_rate_of_nothing_a_second_later()
    {
        At(0, 0);
        At(1, 1000);

        Assert.Equal(default, At(2, 1000).Queues[0].Rate);
    }

    [Fact]
    public void What_routes_and_consumers_drop_and_what_others_take_has_a_rate_too()
    {
        _window.Rated(Of(0, 100));

        var view = _window.Rated(Of(2, 300));

        Assert.Equal(new Rate(100, 6400), view.Routes[0].DroppedRate);
        Assert.Equal(new Rate(100, 6400), view.Consumers[0].DroppedRate);
        Assert.Equal(new Dictionary<DropReason, double> { [DropReason.ShareExceeded] = 100 }, view.Consumers[0].DropRates);
        Assert.Empty(view.Consumers[0].CopyDropRates);
        Assert.Equal(new Rate(100, 6400), view.Queues[0].PassedByDeviceRate);
        Assert.Equal(new Rate(100, 6400), view.LinksOut[0].Rate);

        static PipelineView Of(double seconds, long packets)
        {
            var tally = new PacketTally(packets, packets * 64);
            var dropped = new Dictionary<DropReason, PacketTally> { [DropReason.ShareExceeded] = tally };
            return View(seconds, packets) with
            {
                Queues = [new("q", tally, 0) { PassedByDevice = tally }],
                Routes = [new(Everything, Overload.DropNew, default, dropped, 0, 0)],
                Consumers = [new("c", "bypass", default, 0, 0, []) { DroppedByReason = dropped }],
                LinksOut = [new("n2", PeerState.Up) { Sent = tally }],
            };
        }
    }

    [Fact]
    public void A_link_that_counts_from_zero_again_has_no_rate_below_zero()
    {
        _window.Rated(View(0, 0) with { LinksOut = [new("n2", PeerState.Up) { Sent = new(500, 32_000) }] });

        Assert.Equal(default, _window.Rated(View(1, 0) with { LinksOut = [new("n2", PeerState.Up) { Sent = new(2, 128) }] }).LinksOut[0].Rate);
    }

    [Fact]
    public void A_rule_is_compared_with_the_rule_of_its_name()
    {
        _window.Rated(View(0, 0) with { Rules = [new("a", 1, 1, new(10, 0)), new("b", 1, 1, new(90, 0))] });

        var view = _window.Rated(View(1, 0) with { Rules = [new("b", 1, 1, new(100, 0)), new("new", 1, 1, new(7, 0)), new("a", 1, 1, new(12, 0))] });

        Assert.Equal([10, 7, 2], view.Rules.Select(r => r.Rate.Packets));
    }

    [Fact]
    public void What_no_rule_matched_and_what_a_device_lost_have_rates_too()
    {
        _window.Rated(View(0, 0) with { Unmatched = new(10, 640), Queues = [Losing(5, 7)] });

        var view = _window.Rated(View(2, 0) with { Unmatched = new(30, 1920), Queues = [Losing(105, 7)] });

        Assert.Equal(new Rate(10, 640), view.UnmatchedRate);
        Assert.Equal([KeyValuePair.Create(DeviceLoss.RingFull, 50.0)], view.Queues[0].LostRates);

        static QueueView Losing(long ringFull, long noPage) => new("q", default, 0)
        {
            Lost = new Dictionary<DeviceLoss, long> { [DeviceLoss.RingFull] = ringFull, [DeviceLoss.NoPage] = noPage },
        };
    }

    private PipelineView At(double seconds, long packets) => _window.Rated(View(seconds, packets));

    private static PipelineView View(double seconds, long packets) => new()
    {
        Generation = 1,
        Elapsed = TimeSpan.FromSeconds(seconds),
        AtRest = false,
        Queues = [new("q", new(packets, packets * 64), 0)],
        Rules = [],
        Unmatched = default,
        Selected = 0,
        Consumers = [],
        Ledger = new LedgerSnapshot
        {
            Received = new(packets, packets * 64),
            Delivered = default,
            Passed = default,
            DroppedByReason = new Dictionary<DropReason, PacketTally>(),
            CopiesDelivered = default,
            CopiesDropped = default,
            DeviceLost = new Dictionary<DeviceLoss, long>(),
            MostInFlight = 0,
            PagesHome = true,
        },
    };
}
