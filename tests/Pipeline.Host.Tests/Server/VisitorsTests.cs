using Pipeline.Host.Server;
using Xunit;

namespace Pipeline.Host.Tests.Server;

/// <summary>Who goes when there are too many.</summary>
public sealed class VisitorsTests
{
    private readonly Visitors _visitors = new(most: 3, mostStreams: 2);
    private readonly List<string> _closed = [];

    [Fact]
    public void While_there_is_room_everybody_stays()
    {
        foreach (var name in new[] { "a", "b", "c" }) Enter(name);

        Assert.Empty(_closed);
    }

    [Fact]
    public void Who_has_had_no_request_for_longest_goes_first()
    {
        var (a, _, _) = (Enter("a"), Enter("b"), Enter("c"));
        a.Asks();
        a.Waits();

        Enter("d");
        Enter("e");

        Assert.Equal(["b", "c"], _closed);
    }

    [Fact]
    public void A_stream_goes_before_one_that_is_being_answered_and_both_before_the_newest()
    {
        Enter("a").Asks();
        Enter("b").Streams();
        Enter("c").Asks();

        Enter("d").Asks();
        Enter("e").Asks();

        Assert.Equal(["b", "a"], _closed);
    }

    [Fact]
    public void Of_too_many_streams_the_oldest_goes_though_there_is_room()
    {
        foreach (var name in new[] { "a", "b", "c" }) Enter(name).Streams();

        Assert.Equal(["a"], _closed);
    }

    [Fact]
    public void Who_has_left_takes_no_room_and_is_closed_once()
    {
        var (a, b) = (Enter("a"), Enter("b"));
        _visitors.Leave(a);
        _visitors.Leave(a);
        Enter("c");
        Enter("d");
        Assert.Empty(_closed);

        Enter("e");
        b.Asks();
        b.Waits();
        _visitors.Leave(b);

        Assert.Equal(["b"], _closed);
    }

    private Visitor Enter(string name) => _visitors.Enter(() => _closed.Add(name));
}
