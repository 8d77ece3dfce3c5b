using Pipeline.Actors.Configuration;
using Pipeline.Actors.Tests.Fakes;
using Xunit;

namespace Pipeline.Actors.Tests.Routing;

/// <summary>Routes at the very edge of what they may hold: bundles larger than a share, and more lanes than a mailbox has room for.</summary>
public sealed class LimitSpecs
{
    private static readonly RouteOptions Slow = new() { To = "slow", Mark = 1, MarkMask = uint.MaxValue, Share = 0.5 };

    [Fact]
    public void A_bundle_larger_than_a_share_goes_through_in_pieces()
    {
        using var source = PacketSource.OneToAPage(pages: 64);
        using var bench = new ScatterBench(source, [Slow with { Overload = Overload.Wait }]);

        var done = bench.Route(source.Bundle([.. Enumerable.Repeat(1u, 64)]));
        for (var i = 0; i < 10 && !done; i++)
        {
            bench["slow"].DisposeAll();
            done = bench.Scatter.Continue();
        }

        Assert.True(done);
        bench.Settle();
        Assert.Equal(64, bench["slow"].Numbers.Count);
    }

    [Fact]
    public void A_bundle_larger_than_a_share_loses_only_what_does_not_fit()
    {
        using var source = PacketSource.OneToAPage(pages: 64);
        using var bench = new ScatterBench(source, [Slow with { Overload = Overload.DropNew }]);

        bench.Route(source.Bundle([.. Enumerable.Repeat(1u, 64)]));

        bench.Settle();
        Assert.Equal(32, bench["slow"].Numbers.Count);
    }

    [Fact]
    public void With_copied_packets_too_a_lane_has_no_more_bundles_out_than_its_limit()
    {
        using var source = PacketSource.ManyToAPage(pages: 8);
        using var bench = new ScatterBench(source, [Slow with { Share = 0.125 }], bundleLimit: 4);

        for (var i = 0; i < 20; i++) bench.Route(source.Bundle(1));

        var bundles = bench["slow"].Bundles.Count;
        bench.Settle();
        Assert.InRange(bundles, 1, 4);
    }

    [Fact]
    public void All_lanes_together_fit_one_mailbox()
    {
        using var nic = new FakeNic(0, queues: 2);
        var setup = Runs.Setup(nic, [.. Enumerable.Range(1, 10).Select(i => Slow with { Mark = (uint)i })], ("slow", () => new RecordingConsumer([])));

        var topology = Topology.Build(setup, Nic.Rules.MarkTable.Compile(setup.Rules));

        var most = topology.Queues.SelectMany(q => q.Router.Scatter.Lanes).Sum(l => l.Share.LimitBundles + (l.SpillPool?.PageCount ?? 0));
        Assert.InRange(most, 1, topology.Routes.MailboxBundles);
    }
}
