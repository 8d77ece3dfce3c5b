using Pipeline.Actors.Configuration;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Pages;
using Xunit;

namespace Pipeline.Actors.Tests.Routing;

/// <summary>Pages of sixteen packets; the slow route may pin four of the eight and is near its share at three.</summary>
public sealed class SpillSpecs : IDisposable
{
    private static readonly RouteOptions Slow = new() { To = "slow", Mark = 1, MarkMask = uint.MaxValue, Share = 0.5, Overload = Overload.DropNew };
    private static readonly uint[] OneInAPage = [0, 1, 0, 0];

    private readonly PacketSource _source = PacketSource.ManyToAPage(pages: 8, packetsToAPage: 16);
    private readonly ScatterBench _bench;

    public SpillSpecs() => _bench = new ScatterBench(_source, [Slow]);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public void Far_from_its_share_a_route_pins_pages_and_copies_nothing()
    {
        RouteAndPass(3, OneInAPage);

        Assert.Equal((0, 3), (_bench.Lane("slow").Spilled, _source.Pool.Outstanding));
        _bench.Settle();
    }

    [Fact]
    public void Near_its_share_it_copies_a_few_packets_and_lets_the_page_go()
    {
        RouteAndPass(20, OneInAPage);

        Assert.Equal((17, 3), (_bench.Lane("slow").Spilled, _source.Pool.Outstanding));
        Assert.Equal(0, _bench.Dropped("slow", DropReason.ShareExceeded));
        _bench.Settle();
    }

    [Fact]
    public void Copied_or_not_packets_arrive_in_order_and_whole()
    {
        RouteAndPass(20, OneInAPage);

        Assert.Equal(Enumerable.Range(0, 20).Select(i => (4L * i) + 1), _bench["slow"].Numbers);
        Assert.All(_bench["slow"].Bundles, b => Assert.Equal(PacketSource.PacketBytes, b.BytesOf(b.Packets[0]).Length));
        _bench.Settle();
    }

    [Fact]
    public void A_copied_packet_has_the_bytes_of_the_one_it_was_copied_from()
    {
        using var source = PacketSource.ManyToAPage();
        using var bench = new ScatterBench(source, [new RouteOptions { To = "slow", Share = 0.125 }]);
        byte[][] packets = [[1, 2, 3], [4, 5, 6, 7]];
        bench.Route(source.BundleOf(packets[0]));

        bench.Route(source.BundleOf(packets[1]));

        Assert.Equal(1, bench.Lane("slow").Spilled);
        Assert.Equal(packets, bench["slow"].Bundles.Select(b => b.BytesOf(b.Packets[0]).ToArray()));
        bench.Settle();
    }

    [Fact]
    public void A_copied_packet_takes_the_block_along_that_says_more_of_it()
    {
        using var source = PacketSource.ManyToAPage();
        using var bench = new ScatterBench(source, [new RouteOptions { To = "slow", Share = 0.125 }]);
        bench.Route(source.BundleOf([1, 2, 3]));
        var bundle = source.BundleOf(new byte[PacketSource.PacketBytes], [1, 2, 3, 4]);
        bundle.Packets[1].Flags |= PacketFlags.InBlock;
        var block = Block(bundle, 1);

        bench.Route(bundle);

        var copy = bench["slow"].Bundles[^1];
        Assert.Equal(2, bench.Lane("slow").Spilled);
        Assert.Equal(block, PacketExtent.Of(copy, copy.Packets[1]).ToArray());
        Assert.Equal([1, 2, 3, 4], copy.BytesOf(copy.Packets[1]).ToArray());
        bench.Settle();
    }

    /// <summary>Puts an enhanced packet block with a comment around a packet of four bytes that lies behind one without any use.</summary>
    private static byte[] Block(PageBundle bundle, int packet)
    {
        byte[] block = [6, 0, 0, 0, 44, 0, 0, 0, .. new byte[12], 4, 0, 0, 0, 4, 0, 0, 0, 1, 2, 3, 4, 1, 0, 2, 0, (byte)'h', (byte)'i', 0, 0, 44, 0, 0, 0];
        var offset = bundle.Packets[packet].Offset;
        var page = bundle.Pool.PageOf(offset);
        block.CopyTo(bundle.Pool.PageMemory(page)[((int)(offset - bundle.Pool.OffsetOf(page)) - PacketExtent.PlaceIn(bundle.Packets[packet]))..]);
        return block;
    }

    [Fact]
    public void A_route_that_takes_most_of_a_page_pins_it()
    {
        RouteAndPass(3, OneInAPage);

        RouteAndPass(1, [.. Enumerable.Repeat(1u, 16)]);

        Assert.Equal((0, 4), (_bench.Lane("slow").Spilled, _source.Pool.Outstanding));
        _bench.Settle();
    }

    [Fact]
    public void Room_for_copies_ends_too_and_then_the_policy_applies()
    {
        RouteAndPass(1000, OneInAPage);

        var slow = _bench.Lane("slow");
        Assert.Equal(slow.SpillPool!.PageCount, slow.Spilled);
        Assert.Equal(slow.Share.LimitPages, _source.Pool.Outstanding);
        Assert.Equal(1000 - slow.Spilled - slow.Share.LimitPages, _bench.Dropped("slow", DropReason.ShareExceeded));
        _bench.Settle();
    }

    [Fact]
    public void Copies_of_their_own_are_given_back_and_used_again()
    {
        for (var i = 0; i < 4; i++)
        {
            RouteAndPass(100, OneInAPage);
            _bench["slow"].DisposeAll();
        }

        Assert.Equal(0, _bench.Dropped("slow", DropReason.ShareExceeded));
        Assert.Equal(0, _bench.Lane("slow").SpillPool!.Outstanding);
        _bench.Settle();
    }

    [Fact]
    public void Where_pages_hold_one_packet_there_is_nothing_to_copy_them_into()
    {
        using var source = PacketSource.OneToAPage(pages: 8);
        using var bench = new ScatterBench(source, [Slow]);

        for (var i = 0; i < 6; i++) bench.Route(source.Bundle(1));

        Assert.Null(bench.Lane("slow").SpillPool);
        Assert.Equal((4, 0, 2), (bench["slow"].Numbers.Count, bench.Lane("slow").Spilled, bench.Dropped("slow", DropReason.ShareExceeded)));
        bench.Settle();
    }

    private void RouteAndPass(int bundles, params uint[] marks)
    {
        for (var i = 0; i < bundles; i++)
        {
            _bench.Route(_source.Bundle(marks));
            _bench["stack"].DisposeAll();
        }
    }
}
