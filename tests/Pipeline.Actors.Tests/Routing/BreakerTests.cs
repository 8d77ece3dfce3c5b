using Pipeline.Actors.Configuration;
using Pipeline.Actors.Routing;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Actors.Tests.Routing;

/// <summary>A hundred packets in each reading, of 100 ms, at a limit of 5 % for 500 ms.</summary>
public sealed class BreakerTests
{
    private const int Each = 100;

    private static readonly BreakerOptions Options = new() { Drops = 0.05, For = TimeSpan.FromMilliseconds(500), Back = TimeSpan.FromSeconds(1) };

    private readonly Breaker _breaker = new(Options);
    private TimeSpan _now;
    private long _offered;
    private long _dropped;
    private bool _isRelieved = true;

    public BreakerTests() => Look();

    [Fact]
    public void It_opens_when_more_than_the_part_is_dropped_for_the_time_and_not_before()
    {
        Assert.Equal([BreakerTurn.None, BreakerTurn.None, BreakerTurn.None, BreakerTurn.None, BreakerTurn.Opens], Drop(6, 6, 100, 6, 6));

        Assert.Equal((true, 1, 0.248), (_breaker.IsOpen, _breaker.Openings, _breaker.Dropped));
    }

    [Fact]
    public void A_loss_of_just_the_part_is_borne_for_ever() => Assert.All(Drop([.. Enumerable.Repeat(5, 100)]), t => Assert.Equal(BreakerTurn.None, t));

    [Fact]
    public void A_burst_however_bad_does_not_open_it() => Assert.All(Drop([100, 100, 100, 100, 0, 100, 100, 0]), t => Assert.Equal(BreakerTurn.None, t));

    [Fact]
    public void A_reading_without_packets_neither_opens_it_nor_ends_a_loss()
    {
        Drop(50, 50, 50, 50);
        for (var i = 0; i < 50; i++) Assert.Equal(BreakerTurn.None, Pass(0, 0));

        Assert.Equal(BreakerTurn.Opens, Pass(Each, 50));
    }

    [Fact]
    public void It_looks_at_a_fifth_of_the_time_at_once_however_often_it_is_asked()
    {
        Drop(50, 50, 50, 50);
        for (var i = 0; i < 9; i++) Assert.Equal(BreakerTurn.None, Pass(10, 5, milliseconds: 10));

        Assert.Equal(BreakerTurn.Opens, Pass(10, 5, milliseconds: 10));
    }

    [Fact]
    public void More_dropped_than_came_is_all_of_it()
    {
        Drop(100, 100, 100, 100, 900);

        Assert.Equal(1, _breaker.Dropped);
    }

    [Fact]
    public void It_closes_when_its_time_is_over()
    {
        OpenIt();

        Assert.Equal([.. Enumerable.Repeat(BreakerTurn.None, 9), BreakerTurn.Closes], Drop(new int[10]));
        Assert.False(_breaker.IsOpen);
    }

    [Fact]
    public void It_stays_open_while_the_consumer_holds_what_it_got()
    {
        OpenIt();
        _isRelieved = false;
        Assert.All(Drop(new int[100]), t => Assert.Equal(BreakerTurn.None, t));

        _isRelieved = true;

        Assert.Equal(BreakerTurn.Closes, Pass(0, 0));
    }

    [Fact]
    public void What_was_dropped_while_it_was_open_is_not_held_against_it()
    {
        OpenIt();
        Drop([.. Enumerable.Repeat(100, 10)]);

        Assert.All(Drop(new int[20]), t => Assert.Equal(BreakerTurn.None, t));
    }

    [Fact]
    public void Without_a_time_it_stays_open_until_somebody_closes_it()
    {
        var manual = new Breaker(Options with { Back = null });
        manual.Look(default, 0, 0, isRelieved: true);
        for (var i = 1; i <= 5; i++) manual.Look(i * TimeSpan.FromSeconds(1), i * Each, i * 50, isRelieved: true);
        Assert.Equal(BreakerTurn.None, manual.Look(TimeSpan.FromDays(1), 500, 250, isRelieved: true));

        Assert.True(manual.Close());

        Assert.Equal((false, false, (TimeSpan?)null), (manual.IsOpen, manual.Close(), manual.Pause));
    }

    [Fact]
    public void Each_time_that_it_opens_again_at_once_it_stays_open_for_twice_as_long_up_to_a_bound()
    {
        var pauses = Enumerable.Range(0, 7).Select(_ => OpenAndClose()).ToList();

        Assert.Equal([1, 2, 4, 8, 16, 16, 16], pauses.Select(p => p.TotalSeconds));
    }

    [Fact]
    public void After_it_was_closed_for_as_long_as_it_had_been_open_its_time_is_the_first_again()
    {
        OpenAndClose();
        OpenAndClose();
        Drop(new int[25]);

        Assert.Equal(Options.Back, OpenAndClose());
    }

    [Fact]
    public void Who_closes_it_has_it_begin_anew()
    {
        OpenAndClose();
        OpenIt();
        Assert.True(_breaker.Close());
        Look();

        Assert.Equal(Options.Back, OpenAndClose());
    }

    /// <summary>What it must do is told by a model that remembers every reading.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void By_any_seed_it_opens_and_closes_ten_times_and_only_when_it_must(int seed)
    {
        var chance = new Chance((ulong)seed);
        var (openings, closings, bad, openSince, closedAt) = (0, 0, 0, TimeSpan.Zero, (TimeSpan?)null);
        var pause = Options.Back!.Value;
        var part = 0;
        for (var reading = 0; closings < 10; reading++)
        {
            Assert.True(reading < 100_000, $"{closings} closings after {reading} readings");
            if (chance.OneIn(8)) part = chance.Of([0, 3, 5, 6, 40, 100]);
            _isRelieved = !chance.OneIn(4);
            var wasOpen = _breaker.IsOpen;
            var turn = Pass(wasOpen ? 0 : Each, wasOpen ? 0 : part);

            if (wasOpen)
            {
                var mustClose = _isRelieved && _now - openSince >= pause;
                Assert.Equal(mustClose ? BreakerTurn.Closes : BreakerTurn.None, turn);
                if (mustClose) (closings, closedAt, bad) = (closings + 1, _now, 0);
                continue;
            }

            bad = part > 5 ? bad + 1 : 0;
            Assert.Equal(bad == 5 ? BreakerTurn.Opens : BreakerTurn.None, turn);
            if (bad < 5) continue;
            var isAgain = closedAt is { } closed && _now - closed < pause + Options.For;
            pause = isAgain ? TimeSpan.FromSeconds(Math.Min(16, 2 * pause.TotalSeconds)) : Options.Back.Value;
            (openings, openSince) = (openings + 1, _now);
            Assert.Equal(pause, _breaker.Pause);
        }

        Assert.Equal((10, 10), (openings, _breaker.Openings));
    }

    private void OpenIt() => Assert.Contains(BreakerTurn.Opens, Drop(50, 50, 50, 50, 50));

    /// <returns>How long it was open.</returns>
    private TimeSpan OpenAndClose()
    {
        OpenIt();
        var opened = _now;
        while (_breaker.IsOpen) Pass(0, 0);
        return _now - opened;
    }

    private BreakerTurn[] Drop(params int[] readings) => [.. readings.Select(dropped => Pass(Each, dropped))];

    private BreakerTurn Pass(int offered, int dropped, int milliseconds = 100)
    {
        (_now, _offered, _dropped) = (_now + TimeSpan.FromMilliseconds(milliseconds), _offered + offered, _dropped + dropped);
        return Look();
    }

    private BreakerTurn Look() => _breaker.Look(_now, _offered, _dropped, _isRelieved);
}
