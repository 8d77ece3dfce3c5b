using Pipeline.Host.Live;
using Pipeline.Host.Remote;
using Pipeline.Host.Schema;
using Xunit;

namespace Pipeline.Host.Tests.Live;

public sealed class TopDisplayTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(10);

    private readonly FakeScreen _screen = new();
    private readonly TaskCompletionSource _end = new();
    private volatile bool _answers = true;
    private volatile int _questions;

    [Fact]
    public async Task A_server_that_does_not_answer_is_named_and_it_goes_on_when_it_is_back()
    {
        var showing = await Show();
        await _screen.Shows(p => p.Contains("up 1 s"));

        _answers = false;
        var silent = await _screen.Shows(p => p.Contains("does not answer"));
        _answers = true;
        await _screen.Shows(p => !p.Contains("does not answer"));
        _screen.Press("q");
        await showing;

        Assert.Contains("these figures are old", silent);
        Assert.Contains("received 100 ", silent);
    }

    [Fact]
    public async Task A_new_size_is_painted_at_once()
    {
        var showing = await Show();
        await _screen.Shows(p => p.Split('\n').Length == 24);

        _screen.Resize(40, 10);
        var small = await _screen.Shows(p => p.Split('\n').Length == 10);
        _end.SetResult();
        await showing;

        Assert.All(small.Split('\n'), l => Assert.InRange(l.Length, 0, 40));
        Assert.StartsWith("q quit  h help", small.Split('\n')[^1]);
    }

    [Fact]
    public async Task While_it_is_paused_it_shows_what_it_showed_and_still_asks()
    {
        var showing = await Show();
        _screen.Press("p");
        var paused = await _screen.Shows(p => p.Contains("Paused; traffic goes on"));

        var asked = _questions;
        while (_questions < asked + 3) await _screen.Shows(_ => true);
        var later = await _screen.Shows(_ => true);
        _screen.Press("q");
        await showing;

        Assert.Equal(paused, later);
    }

    [Fact]
    public async Task The_last_line_says_what_is_chosen_and_what_of_it_is_seen()
    {
        var showing = await Show();
        _screen.Resize(60, 10);
        _screen.Press("3s");

        var chosen = await _screen.Shows(p => p.Contains("by name"));
        _screen.Press("q");
        await showing;

        Assert.Matches("^q quit  h help  lines 1-[0-9]+ of [0-9]+  rules  by name$", chosen.Split('\n')[^1]);
    }

    private async Task<Task> Show()
    {
        var feed = new SnapshotFeed("here", Ask, Interval, TimeProvider.System);
        await feed.Begin();
        return new TopDisplay(feed, _screen, TimeProvider.System).Show(_end.Task);
    }

    private Task<SnapshotJson> Ask()
    {
        var asked = Interlocked.Increment(ref _questions);
        return _answers
            ? Task.FromResult(Sightings.Of(Sightings.View).Snapshot with { ElapsedSeconds = asked })
            : throw new NodeException("nothing answers", ExitCodes.Unavailable);
    }
}
