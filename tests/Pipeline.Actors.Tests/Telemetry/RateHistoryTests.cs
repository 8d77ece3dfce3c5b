using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Accounts;
using Xunit;

namespace Pipeline.Actors.Tests.Telemetry;

public sealed class RateHistoryTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly RateHistory _history = new();

    [Fact]
    public void The_first_reading_has_nothing_to_be_compared_with()
    {
        _history.Add(At(0, 500) with { Pages = (3, 8), DeepestMailbox = 2 });

        var view = _history.Read();

        Assert.Equal([Noon.ToUnixTimeMilliseconds()], view.At);
        Assert.Equal([null], view.Received.Packets);
        Assert.Equal((3.0, 8.0, 2.0), (view.PagesOut[0], view.Pages[0], view.DeepestMailbox[0]));
    }

    [Fact]
    public void Each_second_has_what_came_and_went_in_it()
    {
        _history.Add(At(0, 0));
        _history.Add(At(1, 100));
        _history.Add(At(2, 150) with { Ledger = Books(150, dropped: 30, lost: 6) });

        var view = _history.Read();

        Assert.Equal([null, 100, 50], view.Received.Packets);
        Assert.Equal([null, 51_200, 25_600], view.Received.Bits);
        Assert.Equal([null, 50, 25], view.Delivered.Packets);
        Assert.Equal([null, 25, 12], view.Passed.Packets);
        Assert.Equal([null, 0, 30], view.Dropped[DropReason.ShareExceeded]);
        Assert.Equal([null, 0, 6], view.DeviceLost[DeviceLoss.RingFull]);
        Assert.Equal((1, 1), (view.Dropped.Count, view.DeviceLost.Count));
    }

    [Fact]
    public void Rates_are_over_the_time_that_was_really_between()
    {
        _history.Add(At(0, 0));
        _history.Add(At(1.25, 100));

        Assert.Equal([null, 80], _history.Read().Received.Packets);
    }

    [Fact]
    public void Ticks_that_come_all_at_once_are_one_reading()
    {
        _history.Add(At(0, 0));
        _history.Add(At(1, 100));
        _history.Add(At(1.001, 100));

        Assert.Equal([null, 100], _history.Read().Received.Packets);
    }

    [Fact]
    public void A_time_without_readings_stays_a_gap_with_a_place_for_each_second()
    {
        _history.Add(At(0, 0));
        _history.Add(At(1, 100));
        _history.Add(At(5, 900));
        _history.Add(At(6, 950));

        var view = _history.Read();

        Assert.Equal([0, 1000, 2000, 3000, 4000, 5000, 6000], view.At.Select(at => at - view.At[0]));
        Assert.Equal([null, 100, null, null, null, null, 50], view.Received.Packets);
        Assert.Equal([0, 0, null, null, null, 0, 0], view.DeepestMailbox);
    }

    [Fact]
    public void A_process_that_was_stopped_for_an_hour_has_no_more_gap_than_the_history_is_long()
    {
        _history.Add(At(0, 0));
        _history.Add(At(3600, 100));

        var view = _history.Read();

        Assert.Equal((HistoryView.Most, HistoryView.Most - 1), (view.At.Count, view.Received.Packets.Count(p => p is null) - 1));
        Assert.Equal(view.At.Order().Distinct(), view.At);
    }

    [Fact]
    public void A_counter_that_goes_back_makes_no_rate()
    {
        _history.Add(At(0, 500) with { Handoff = Handoff((5, 9)) });
        _history.Add(At(1, 20) with { Handoff = Handoff((5, 2)) });
        _history.Add(At(2, 30) with { Handoff = Handoff((5, 3)) });

        var view = _history.Read();

        Assert.Equal([null, null, 10], view.Received.Packets);
        Assert.Equal([null, null], view.HandoffMedian.Take(2));
        Assert.NotNull(view.HandoffMedian[2]);
    }

    [Fact]
    public void A_clock_that_is_set_back_begins_a_new_history()
    {
        _history.Add(At(100, 0));
        _history.Add(At(101, 100));
        _history.Add(At(50, 200));

        Assert.Equal([Noon.AddSeconds(50).ToUnixTimeMilliseconds()], _history.Read().At);
    }

    [Fact]
    public void Times_of_a_second_are_those_of_its_own_bundles()
    {
        _history.Add(At(0, 0) with { Handoff = Handoff((0, 1000)) });
        _history.Add(At(1, 0) with { Handoff = Handoff((0, 1000), (20, 10)) });
        _history.Add(At(2, 0) with { Handoff = Handoff((0, 1000), (20, 10)) });

        var view = _history.Read();

        var (start, end) = (HandoffView.BucketSeconds[19] * 1e6, HandoffView.BucketSeconds[20] * 1e6);
        Assert.InRange(view.HandoffMedian[1]!.Value, start, end);
        Assert.InRange(view.HandoffP99[1]!.Value, view.HandoffMedian[1]!.Value, end);
        Assert.Null(view.HandoffMedian[2]);
    }

    [Fact]
    public void It_keeps_five_minutes()
    {
        for (var second = 0; second <= 400; second++) _history.Add(At(second, second * 10));

        var view = _history.Read();

        Assert.Equal((300, Noon.AddSeconds(101).ToUnixTimeMilliseconds(), Noon.AddSeconds(400).ToUnixTimeMilliseconds()), (view.At.Count, view.At[0], view.At[^1]));
        Assert.All(view.Received.Packets, p => Assert.Equal(10, p));
    }

    [Fact]
    public void What_was_dropped_before_these_five_minutes_is_not_among_the_reasons()
    {
        for (var second = 0; second <= 400; second++) _history.Add(At(second, 0) with { Ledger = Books(100, dropped: second == 0 ? 0 : 7, lost: 0) });

        Assert.Empty(_history.Read().Dropped);
    }

    [Fact]
    public void Adding_a_reading_takes_next_to_no_memory()
    {
        var readings = Enumerable.Range(0, 700).Select(second => At(second, second)).ToList();
        foreach (var reading in readings.Take(400)) _history.Add(reading);

        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var reading in readings.Skip(400)) _history.Add(reading);

        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 300, 0, 1024);
    }

    private static HistoryReading At(double seconds, long packets) =>
        new(Noon.AddSeconds(seconds), TimeSpan.FromSeconds(seconds), Books(packets, 0, 0), HandoffView.None);

    private static HandoffView Handoff(params (int Bucket, long Bundles)[] buckets)
    {
        var counts = new long[HandoffView.BucketSeconds.Count + 1];
        foreach (var (bucket, bundles) in buckets) counts[bucket] = bundles;
        return new HandoffView(counts, 0);
    }

    private static LedgerSnapshot Books(long received, long dropped, long lost) => new()
    {
        Received = new(received, received * 64),
        Delivered = new(received / 2, 0),
        Passed = new(received / 4, 0),
        DroppedByReason = dropped == 0 ? new Dictionary<DropReason, PacketTally>() : new Dictionary<DropReason, PacketTally> { [DropReason.ShareExceeded] = new(dropped, 0) },
        CopiesDelivered = default,
        CopiesDropped = default,
        DeviceLost = lost == 0 ? new Dictionary<DeviceLoss, long>() : new Dictionary<DeviceLoss, long> { [DeviceLoss.RingFull] = lost },
        MostInFlight = 0,
        PagesHome = true,
    };
}
