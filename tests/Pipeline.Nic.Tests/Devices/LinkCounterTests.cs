using Pipeline.Nic.Devices;
using Pipeline.Nic.Linux;
using Xunit;

namespace Pipeline.Nic.Tests.Devices;

public class LinkCounterTests
{
    private LinkFacts? _link = Counted(100);
    private Errno _error;

    [Fact]
    public void It_counts_from_its_making_on()
    {
        using var counter = Counter();
        _link = Counted(107);

        Assert.Equal(7, counter.Total(isLast: true));
    }

    [Fact]
    public void While_the_kernel_does_not_answer_it_tells_what_it_read_last_and_misses_nothing()
    {
        using var counter = Counter();
        _link = Counted(107);
        counter.Total(isLast: true);

        (_link, _error) = (Counted(110), Errno.ENOBUFS);
        Assert.Equal(7, counter.Total(isLast: true));

        _error = Errno.None;
        Assert.Equal(10, counter.Total(isLast: true));
    }

    [Fact]
    public void One_that_is_gone_keeps_its_count_and_another_of_its_name_counts_from_now_on()
    {
        using var counter = Counter();
        foreach (var link in (LinkFacts?[])[Counted(107), null, Counted(1000, index: 8), Counted(1001, index: 8)])
        {
            _link = link;
            counter.Total(isLast: true);
        }

        Assert.Equal(8, counter.Total(isLast: true));
    }

    [Fact]
    public void It_is_not_made_where_the_kernel_does_not_answer()
    {
        _error = Errno.ENOBUFS;

        Assert.Equal(Errno.ENOBUFS, Assert.Throws<LinuxException>(Counter).Errno);
    }

    [Fact]
    public void A_name_that_nobody_has_counts_nothing()
    {
        using var counter = new LinkCounter("nothing-there", s => s.rx_dropped);

        Assert.Equal(0, counter.Total(isLast: true));
    }

    private static LinkFacts Counted(ulong dropped, int index = 7) =>
        new() { Index = index, Statistics = new rtnl_link_stats64 { rx_dropped = dropped } };

    private LinkCounter Counter() =>
        new(() => _error == Errno.None ? _link : throw new LinuxException("recv", "eth0", _error), s => s.rx_dropped);
}
