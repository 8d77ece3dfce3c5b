using Pipeline.Actors.Configuration;
using Pipeline.Actors.Links;
using Pipeline.Actors.Routing;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;
using Xunit;

namespace Pipeline.Actors.Tests.Routing;

/// <summary>Instances on other nodes go without having processed what they got, seen from one router.</summary>
public sealed class GoneSpecs
{
    private const string Group = "group";
    private static readonly RouteOptions Route = new() { To = Group, Share = 1 };
    private uint _made;

    [Theory]
    [InlineData(true, Balance.Flow)]
    [InlineData(false, Balance.Flow)]
    [InlineData(true, Balance.RoundRobin)]
    [InlineData(false, Balance.Queue)]
    public void What_it_had_not_processed_goes_to_the_others_once(bool isOneToAPage, Balance balance)
    {
        using var source = SourceOf(isOneToAPage);
        using var bench = new ScatterBench(source, [Route with { Balance = balance }], instances: 3);
        for (var i = 0; i < 4; i++) bench.Route(Packets(source, 16));
        var (gone, lost) = (bench[Group, 1], bench[Group, 1].Bundles.Sum(b => b.Count));

        Lose(bench, gone, bench.Keep(Group, 0, 2));

        Assert.Equal(Enumerable.Range(0, 64).Select(n => (long)n), bench[Group, 0].Numbers.Concat(bench[Group, 2].Numbers).Order());
        Assert.Equal(lost, bench.Lane(Group).Counters.Resent.Packets);
        Assert.Equal(64, bench.Settle().Delivered.Packets);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Flows_keep_their_order_over_the_loss(bool isOneToAPage)
    {
        using var source = SourceOf(isOneToAPage);
        using var bench = new ScatterBench(source, [Route], instances: 2);
        for (var i = 0; i < 3; i++) bench.Route(Packets(source, 16));
        var gone = bench[Group, 1];
        gone.IsGone = true;
        bench.Scatter.Move(Group, bench.Keep(Group, 0));
        bench.Route(Packets(source, 16));
        Assert.False(bench.Scatter.IsHome(Group) && bench.Scatter.IsMoving && bench[Group, 0].Bundles.Count == 0);

        bench[Group, 0].DisposeAll();
        Assert.True(bench.Scatter.IsHome(Group));
        bench.Scatter.Switch(Group);
        bench.Route(Packets(source, 16));

        foreach (var flow in bench[Group, 0].Numbers.GroupBy(n => n % 16)) Assert.Equal(flow.Order(), flow);
        Assert.Equal(80, bench.Settle().Delivered.Packets);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void One_that_goes_while_it_hands_over_holds_up_nothing_and_flows_keep_their_order(bool isOneToAPage)
    {
        using var source = SourceOf(isOneToAPage);
        using var bench = new ScatterBench(source, [Route], instances: 3);
        for (var i = 0; i < 3; i++) bench.Route(Packets(source, 16));
        var leaves = bench[Group, 1];
        bench.Scatter.Move(Group, bench.Keep(Group, 0, 2));
        for (var i = 0; i < 2; i++) bench.Route(Packets(source, 16));
        bench[Group, 0].DisposeAll();
        bench[Group, 2].DisposeAll();
        Assert.False(bench.Scatter.IsHome(Group));

        leaves.IsGone = true;
        bench.Scatter.Reclaim(Group);

        Assert.True(bench.Scatter.IsHome(Group));
        bench.Scatter.Switch(Group);
        int[] left = [0, 2];
        Assert.All(left, i => Assert.All(bench[Group, i].Numbers.GroupBy(n => n % 16), flow => Assert.Equal(flow.Order(), flow)));
        Assert.Equal(80, bench.Settle().Delivered.Packets);
    }

    [Fact]
    public void Without_any_other_packets_wait_within_the_share_and_then_go_to_who_comes()
    {
        using var source = PacketSource.OneToAPage(pages: 64);
        using var bench = new ScatterBench(source, [Route with { Share = 0.5 }]);
        var vacancy = new Vacancy();
        bench.Route(Packets(source, 16));

        Lose(bench, bench[Group], [vacancy]);
        for (var i = 0; i < 3; i++) bench.Route(Packets(source, 16));
        Assert.Equal(32, bench.Dropped(Group, DropReason.ShareExceeded));

        var comes = new BundleList(7);
        bench.Scatter.Move(Group, [comes]);
        bench.Scatter.Switch(Group);
        Assert.Equal(Enumerable.Range(0, 32).Select(n => (long)n), comes.Numbers);
        comes.DisposeAll();
        Assert.Equal(32, bench.Settle().Delivered.Packets);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void One_that_falls_silent_holds_as_much_of_the_share_as_it_leaves_to_the_others(bool isOneToAPage)
    {
        using var source = isOneToAPage ? PacketSource.OneToAPage(pages: 128) : PacketSource.ManyToAPage(pages: 128, packetsToAPage: 64);
        using var bench = new ScatterBench(source, [Route with { Share = 0.5 }], instances: 2, bundlePackets: 8);
        foreach (var instance in bench.Targets) instance.IsBounded = true;
        var (silent, other) = (bench[Group, 0], bench[Group, 1]);
        for (var i = 0; i < 100; i++)
        {
            bench.Route(Packets(source, 16));
            other.DisposeAll();
        }

        Assert.InRange(bench.Lane(Group).Share.Charged, 0, 48);
        Assert.Empty(Enumerable.Range(0, 1600).Select(n => (long)n).Where(n => IsOf(other, n)).Except(other.Numbers));
        Assert.Equal(1600 - other.Numbers.Count - silent.Numbers.Count, bench.Dropped(Group, DropReason.ShareExceeded));
        Assert.True(bench.Dropped(Group, DropReason.ShareExceeded) > 0);
        bench.Settle();

        static bool IsOf(BundleList instance, long number) => instance.Numbers.Any(n => n % 16 == number % 16);
    }

    [Fact]
    public void Where_bundles_go_in_turn_the_others_have_theirs_while_one_is_silent()
    {
        using var source = PacketSource.OneToAPage(pages: 128);
        using var bench = new ScatterBench(source, [Route with { Share = 0.5, Balance = Balance.RoundRobin }], instances: 2, bundlePackets: 8);
        foreach (var instance in bench.Targets) instance.IsBounded = true;
        for (var i = 0; i < 100; i++)
        {
            bench.Route(Packets(source, 8));
            bench[Group, 1].DisposeAll();
        }

        Assert.Equal(400, bench[Group, 1].Numbers.Count);
        Assert.Equal(400, bench[Group, 0].Numbers.Count + bench.Dropped(Group, DropReason.ShareExceeded));
        bench.Settle();
    }

    [Fact]
    public void What_nobody_came_for_until_the_end_is_lost_with_the_node()
    {
        using var source = PacketSource.OneToAPage(pages: 64);
        using var bench = new ScatterBench(source, [Route]);
        bench.Route(Packets(source, 16));
        Lose(bench, bench[Group], [new Vacancy()]);

        bench.Scatter.SendAllHeld();

        Assert.Equal(16, bench.Dropped(Group, DropReason.RemoteLost));
        bench.Settle();
    }

    [Fact]
    public void One_that_comes_back_under_its_name_is_another()
    {
        using var source = PacketSource.OneToAPage(pages: 64);
        using var bench = new ScatterBench(source, [Route]);
        bench.Route(Packets(source, 16));
        var again = new BundleList(0);

        Lose(bench, bench[Group], [again]);

        Assert.Equal(16, again.Numbers.Count);
        again.DisposeAll();
        bench.Settle();
    }

    private static PacketSource SourceOf(bool isOneToAPage) => isOneToAPage ? PacketSource.OneToAPage(pages: 256) : PacketSource.ManyToAPage(pages: 64);

    private static void Lose(ScatterBench bench, BundleList gone, IReadOnlyList<IBundleTarget> left)
    {
        gone.IsGone = true;
        bench.Scatter.Move(Group, left);
        foreach (var target in bench.Targets.Except([gone])) target.DisposeAll();
        Assert.True(bench.Scatter.IsHome(Group));
        bench.Scatter.Switch(Group);
    }

    /// <summary>Numbered packets of 16 flows in turn.</summary>
    private PageBundle Packets(PacketSource source, int count)
    {
        var bundle = source.Bundle(new uint[count]);
        foreach (ref var packet in bundle.Packets)
        {
            packet.FlowHash = ((_made % 16) << 28) | 1;
            packet.TimestampNanoseconds = _made++;
        }

        return bundle;
    }
}
