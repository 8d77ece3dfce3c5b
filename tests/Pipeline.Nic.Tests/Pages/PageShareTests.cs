using Pipeline.Nic.Pages;
using Xunit;

namespace Pipeline.Nic.Tests.Pages;

public sealed class PageShareTests : IDisposable
{
    private readonly ManyPacketPages _pages = new(pages: 8);

    public void Dispose() => _pages.Dispose();

    [Fact]
    public void A_page_is_charged_once_however_many_of_its_packets_are_held()
    {
        var share = new PageShare(_pages.Pool, "route", 4);
        var page = _pages.Rent();

        using var first = _pages.Bundle(share, page, 5);
        using var second = _pages.Bundle(share, page, 2);

        Assert.Equal((1, 2), (share.Charged, share.Bundles));
        Assert.True(share.Pins(page));
    }

    [Fact]
    public void Two_shares_of_one_page_are_each_charged_for_it()
    {
        var (route, copy) = (new PageShare(_pages.Pool, "route", 4), new PageShare(_pages.Pool, "copy", 4));
        var page = _pages.Rent();
        _pages.Bundle(route, page, 1).Dispose();
        using var held = _pages.Bundle(copy, page, 1);

        _pages.Pool.ReleaseFilled(page);

        Assert.Equal((0, 1, 1), (route.Charged, copy.Charged, _pages.Pool.Outstanding));
    }

    [Fact]
    public void A_share_at_its_limit_of_pages_has_no_room()
    {
        var share = new PageShare(_pages.Pool, "route", 2);
        using var first = _pages.Bundle(share, _pages.Rent(), 1);
        Assert.True(share.HasRoomFor(_pages.Pool.PageCount - 1, 1));

        using var second = _pages.Bundle(share, _pages.Rent(), 1);

        Assert.False(share.HasRoomFor(_pages.Pool.PageCount - 1, 1));
    }

    [Fact]
    public void A_share_at_its_limit_of_bundles_has_no_room()
    {
        var share = new PageShare(_pages.Pool, "route", 8, limitBundles: 2);
        var page = _pages.Rent();
        using var first = _pages.Bundle(share, page, 1);
        using var second = _pages.Bundle(share, page, 1);

        Assert.False(share.HasRoomFor(_pages.Pool.PageCount - 1, 1));
    }

    [Theory]
    [InlineData(2, false)]
    [InlineData(3, true)]
    public void A_share_is_near_its_limit_from_three_quarters_on(int charged, bool expected)
    {
        var share = new PageShare(_pages.Pool, "route", 4);

        for (var i = 0; i < charged; i++) share.Take(_pages.Rent(), 1);

        Assert.Equal(expected, share.IsNearLimit);
    }

    [Fact]
    public void A_wake_up_comes_once_when_half_of_the_share_is_free()
    {
        var share = new PageShare(_pages.Pool, "route", 4);
        var bundles = Enumerable.Range(0, 4).Select(_ => _pages.Bundle(share, _pages.Rent(), 1)).ToList();
        List<int> wokenAt = [];
        share.WakeAtLowWater(() => wokenAt.Add(share.Charged));

        foreach (var bundle in bundles) bundle.Dispose();

        Assert.Equal([2], wokenAt);
    }

    [Fact]
    public void A_wake_up_asked_for_below_the_low_water_comes_at_once()
    {
        var woken = 0;

        new PageShare(_pages.Pool, "route", 4).WakeAtLowWater(() => woken++);

        Assert.Equal(1, woken);
    }

    [Fact]
    public void Returning_more_packets_than_were_taken_is_told()
    {
        var share = new PageShare(_pages.Pool, "route", 4);
        var page = _pages.Rent();
        share.Take(page, 1);

        Assert.Throws<InvalidOperationException>(() => share.Release(page, 2));
    }
}
