using Pipeline.Actors.Captures;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Accounts;
using Xunit;

namespace Pipeline.Actors.Tests.Captures;

/// <summary>Which packets of a router each point sees, and what it says of them. A share of two pages of eight, sixteen packets to a page.</summary>
public sealed class CapturePointSpecs : IDisposable
{
    private static readonly RouteOptions Slow = new() { To = "slow", Mark = 1, MarkMask = uint.MaxValue, Share = 0.25 };

    private readonly PacketSource _source = PacketSource.ManyToAPage(pages: 8, packetsToAPage: 16);

    public void Dispose() => _source.Dispose();

    [Theory]
    [InlineData("received", CapturePlace.Received, "")]
    [InlineData("dropped", CapturePlace.Dropped, "")]
    [InlineData("rule:dns", CapturePlace.Rule, "dns")]
    [InlineData("route:a.b", CapturePlace.Route, "a.b")]
    public void A_point_is_read_and_written_in_the_same_words(string text, CapturePlace place, string name)
    {
        var point = CapturePoint.Read(text);

        Assert.Equal(new CapturePoint(place, name), point);
        Assert.Equal(text, point!.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("Received")]
    [InlineData("rule")]
    [InlineData("queue:0")]
    public void Other_words_are_no_point(string text) => Assert.Null(CapturePoint.Read(text));

    [Fact]
    public void Received_sees_every_packet_with_its_route()
    {
        using var bench = new ScatterBench(_source, [Slow]);
        var capture = new CaptureBench(bench, "received");

        bench.Route(_source.Bundle(1, 0, 1));

        Assert.Equal(["mark 0x1 rule unmatched route slow", "mark 0x0 rule unmatched route stack", "mark 0x1 rule unmatched route slow"], capture.Comments());
        bench.Settle();
    }

    [Fact]
    public void Received_sees_what_is_refused_too_and_says_so()
    {
        using var bench = new ScatterBench(_source, [Slow with { Overload = Overload.DropNew }]);
        var capture = new CaptureBench(bench, "received");

        for (var i = 0; i < 3; i++) bench.Route(Ones(16));

        var comments = capture.Comments();
        Assert.Equal((32, 16), (comments.Count(c => c.EndsWith("route slow")), comments.Count(c => c.EndsWith("route slow dropped share-exceeded"))));
        bench.Settle();
    }

    [Fact]
    public void A_packet_that_had_to_wait_for_room_is_seen_once()
    {
        using var bench = new ScatterBench(_source, [Slow with { Overload = Overload.Wait }]);
        var capture = new CaptureBench(bench, "received");
        for (var i = 0; i < 2; i++) bench.Route(Ones(16));
        Assert.False(bench.Route(Ones(16)));
        Assert.False(bench.Scatter.Continue());

        bench["slow"].DisposeAll();
        Assert.True(bench.Scatter.Continue());

        Assert.Equal(48, capture.Comments().Count);
        bench.Settle();
    }

    [Fact]
    public void A_route_sees_what_it_took_and_copies_as_copies()
    {
        using var bench = new ScatterBench(_source, [new RouteOptions { To = "watch", Mark = 1, MarkMask = uint.MaxValue, Copy = true }, Slow]);
        var (watch, slow) = (new CaptureBench(bench, "route:watch"), new CaptureBench(bench, "route:slow"));

        bench.Route(_source.Bundle(1, 0, 1));

        Assert.Equal(Enumerable.Repeat("mark 0x1 rule unmatched route watch copy", 2), watch.Comments());
        Assert.Equal(Enumerable.Repeat("mark 0x1 rule unmatched route slow", 2), slow.Comments());
        bench.Settle();
    }

    [Fact]
    public void Dropped_sees_what_is_refused_and_a_route_does_not()
    {
        using var bench = new ScatterBench(_source, [Slow with { Overload = Overload.DropNew }]);
        var (dropped, route) = (new CaptureBench(bench, "dropped"), new CaptureBench(bench, "route:slow"));

        for (var i = 0; i < 3; i++) bench.Route(Ones(16));

        Assert.Equal(Enumerable.Repeat("mark 0x1 rule unmatched route slow dropped share-exceeded", 16), dropped.Comments());
        Assert.Equal(bench.Dropped("slow", DropReason.ShareExceeded), dropped.File.Packets);
        Assert.Equal(32, route.Comments().Count);
        bench.Settle();
    }

    [Fact]
    public void Dropped_sees_what_newer_packets_evicted()
    {
        using var bench = new ScatterBench(_source, [Slow with { Overload = Overload.DropOld }]);
        var dropped = new CaptureBench(bench, "dropped");

        for (var i = 0; i < 6; i++) bench.Route(Ones(16));

        var evicted = bench.Dropped("slow", DropReason.DropOld);
        Assert.NotEqual(0, evicted);
        Assert.Equal(Enumerable.Repeat("mark 0x1 rule unmatched route slow dropped drop-old", (int)evicted), dropped.Comments());
        bench.Settle();
    }

    [Fact]
    public void What_is_dropped_at_the_end_is_seen_with_its_reason()
    {
        using var bench = new ScatterBench(_source, [Slow with { Overload = Overload.Wait }]);
        var (received, dropped) = (new CaptureBench(bench, "received"), new CaptureBench(bench, "dropped"));
        for (var i = 0; i < 3; i++) bench.Route(Ones(16));

        bench.Scatter.DropAll(DropReason.Shutdown);

        Assert.Equal(Enumerable.Repeat("mark 0x1 rule unmatched route slow dropped shutdown", 16), dropped.Comments());
        Assert.Equal(48, received.Comments().Count);
        bench.Settle();
    }

    private Pipeline.Nic.Pages.PageBundle Ones(int count) => _source.Bundle([.. Enumerable.Repeat(1u, count)]);
}
