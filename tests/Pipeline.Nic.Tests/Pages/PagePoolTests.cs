using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;
using Xunit;

namespace Pipeline.Nic.Tests.Pages;

public class PagePoolTests
{
    [Fact]
    public void A_pool_hands_out_every_page_once_and_then_says_no()
    {
        using var pool = new PacketPagePool("sim:0", 64, 8);

        var pages = RentAll(pool);

        Assert.Equal(Enumerable.Range(0, 8), pages.Order());
        Assert.Equal(8, pool.Outstanding);
    }

    [Fact]
    public void Pages_that_came_home_go_out_again()
    {
        using var pool = new PacketPagePool("sim:0", 64, 8);
        foreach (var page in RentAll(pool)) pool.ReturnUnused(page);

        Assert.Equal(Enumerable.Range(0, 8), RentAll(pool).Order());
    }

    [Fact]
    public void Pages_do_not_overlap()
    {
        using var pool = new PacketPagePool("sim:0", 128, 4);
        foreach (var page in RentAll(pool)) pool.PageMemory(page).Fill((byte)page);

        Assert.All(Enumerable.Range(0, 4), page => Assert.Equal(-1, pool.PageMemory(page).IndexOfAnyExcept((byte)page)));
    }

    [Theory]
    [InlineData(63, 1)]
    [InlineData(96, 1)]
    [InlineData(0, 1)]
    [InlineData(64, 0)]
    [InlineData(1 << 30, 4)]
    public void A_pool_that_offsets_cannot_address_is_refused(int pageSize, int pages) =>
        Assert.ThrowsAny<ArgumentException>(() => new PacketPagePool("sim:0", pageSize, pages));

    [Fact]
    public void A_page_of_many_packets_comes_home_with_its_last_holder()
    {
        using var pages = new ManyPacketPages();
        var page = pages.Rent();
        var first = pages.Bundle(pages.Pool.Device, page, 3);
        var second = pages.Bundle(pages.Pool.Device, page, 3);

        pages.Pool.ReleaseFilled(page);
        first.Dispose();
        Assert.Equal(1, pages.Pool.Outstanding);
        second.Dispose();

        Assert.Equal(0, pages.Pool.Outstanding);
    }

    [Fact]
    public void A_page_shared_by_two_bundles_comes_home_with_the_second()
    {
        using var pages = new OnePacketPages();
        var share = new PageShare(pages.Pool, "copy", 8);
        pages.Pool.TryRent(out var page);
        var packet = new Packet { Offset = pages.Pool.OffsetOf(page), CapturedLength = 1 };
        pages.Pool.Share(ref packet, 2);
        var bundles = Enumerable.Range(0, 2).Select(_ => pages.BundleOf(share, page, packet)).ToList();

        bundles[0].Dispose();
        Assert.Equal(1, pages.Pool.Outstanding);
        bundles[1].Dispose();

        Assert.Equal((0, 0), (pages.Pool.Outstanding, share.Charged));
    }

    [Fact]
    public void A_wake_up_asked_for_comes_once_with_the_next_page()
    {
        using var pool = new PacketPagePool("sim:0", 64, 2);
        var pages = RentAll(pool);
        var woken = 0;
        pool.WakeWhenReturned(() => woken++);
        Assert.Equal(0, woken);

        foreach (var page in pages) pool.ReturnUnused(page);

        Assert.Equal(1, woken);
    }

    [Fact]
    public void A_wake_up_asked_for_too_late_comes_at_once()
    {
        using var pool = new PacketPagePool("sim:0", 64, 2);
        pool.ReturnUnused(RentAll(pool)[0]);
        var woken = 0;

        pool.WakeWhenReturned(() => woken++);

        Assert.Equal(1, woken);
    }

    [Fact]
    public void A_closed_pool_hands_out_nothing()
    {
        var pool = new PacketPagePool("sim:0", 64, 2);

        pool.Dispose();

        Assert.False(pool.TryRent(out _));
        Assert.Equal(0, pool.Outstanding);
    }

    [Fact]
    public void A_closed_pool_keeps_its_memory_while_a_bundle_is_out()
    {
        var pages = new OnePacketPages();
        var bundle = pages.Receive(NicInterface.Unknown, new PacketAccount("test", AccountKind.Stage), [1, 2, 3]);

        pages.Dispose();

        Assert.Equal([1, 2, 3], bundle.BytesOf(bundle.Packets[0]).ToArray());
        bundle.Dispose();
        Assert.Equal(0, pages.Pool.Outstanding);
    }

    private static List<int> RentAll(PagePool pool)
    {
        List<int> pages = [];
        while (pool.TryRent(out var page)) pages.Add(page);
        return pages;
    }
}
