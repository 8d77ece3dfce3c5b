using Pipeline.Actors.Telemetry;
using Pipeline.Actors.Tests.Fakes;
using Xunit;

namespace Pipeline.Actors.Tests.Telemetry;

public sealed class EventLogTests
{
    private readonly EventLog _log = new(TimeProvider.System);

    [Fact]
    public void Events_are_numbered_from_one_on_and_kept_in_their_order()
    {
        Add(3);

        Assert.Equal([(1, "1"), (2, "2"), (3, "3")], _log.Read().Select(e => (e.Number, e.Words)));
        Assert.Equal(3, _log.Last);
    }

    [Fact]
    public void The_oldest_give_way_and_the_numbers_say_that_some_are_gone()
    {
        Add(EventLog.Most + 10);

        var kept = _log.Read();

        Assert.Equal((EventLog.Most, 11), (kept.Count, kept[0].Number));
    }

    [Fact]
    public void A_reader_gets_only_what_it_has_not_seen()
    {
        Add(5);

        Assert.Equal([4L, 5], _log.Read(after: 3).Select(e => e.Number));
        Assert.Empty(_log.Read(after: 5));
    }

    [Fact]
    public async Task Whoever_follows_gets_what_is_there_and_what_comes_until_the_end()
    {
        Add(2);
        var seen = new List<long>();
        var following = Task.Run(async () =>
        {
            await foreach (var happened in _log.Follow())
            {
                lock (seen) seen.Add(happened.Number);
            }
        });
        await Threads.Eventually(() => Count() == 2);

        Add(1);
        await Threads.Eventually(() => Count() == 3);
        Add(1);
        _log.Close();

        await following.WaitAsync(Runs.Patience);
        Assert.Equal([1L, 2, 3, 4], seen);

        int Count()
        {
            lock (seen) return seen.Count;
        }
    }

    [Fact]
    public async Task Whoever_stops_following_is_let_go()
    {
        using var stop = new CancellationTokenSource();
        await using var reader = _log.Follow(stop: stop.Token).GetAsyncEnumerator(CancellationToken.None);
        var next = reader.MoveNextAsync();

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
    }

    [Fact]
    public void Whoever_asked_to_be_told_is_told_of_each()
    {
        var told = new List<PipelineEvent>();
        var log = new EventLog(TimeProvider.System, told.Add);
        var error = new InvalidOperationException("on order");

        log.Add(PipelineEventKind.Fault, "queue", "on order", error);

        Assert.Equal((1, PipelineEventKind.Fault, "queue", error), Assert.Single(told) is var one ? (one.Number, one.Kind, one.Where, one.Error) : default);
    }

    private void Add(int events)
    {
        for (var i = 0; i < events; i++) _log.Add(PipelineEventKind.Loss, "queue", $"{_log.Last + 1}");
    }
}
