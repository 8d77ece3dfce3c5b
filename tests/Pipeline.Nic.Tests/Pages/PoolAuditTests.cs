using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;
using Xunit;

namespace Pipeline.Nic.Tests.Pages;

public class PoolAuditTests
{
    private static readonly PacketAccount Account = new("test", AccountKind.Stage);

    private readonly PoolAudit _audit = new();
    private readonly PacketPagePool _pool;

    public PoolAuditTests() => _pool = new PacketPagePool("sim:0", 64, 4, _audit);

    [Fact]
    public void A_page_returned_twice_is_told()
    {
        var page = Rent();
        _pool.ReturnUnused(page);

        var fault = Assert.Throws<InvalidOperationException>(() => _pool.ReturnUnused(page));

        Assert.Contains($"Page {page} of sim:0 was returned twice", fault.Message);
    }

    [Fact]
    public void A_block_released_twice_is_told_even_without_an_audit()
    {
        using var pages = new ManyPacketPages();
        var page = pages.Rent();
        pages.Pool.ReleaseFilled(page);

        Assert.Throws<InvalidOperationException>(() => pages.Pool.ReleaseFilled(page));
    }

    [Fact]
    public void A_page_read_after_its_return_is_told()
    {
        var page = Rent();
        var packet = new Packet { Offset = _pool.OffsetOf(page), CapturedLength = 1 };
        _pool.ReturnUnused(page);

        Assert.Throws<InvalidOperationException>(() => _pool.Bytes(packet).Length);
    }

    [Fact]
    public void A_page_written_after_its_return_is_told_when_it_goes_out_again()
    {
        var page = Rent();
        _pool.ReturnUnused(page);
        _pool.PageMemory(page)[17] = 1;

        var fault = Assert.Throws<InvalidOperationException>(() => { while (_pool.TryRent(out _)) { } });

        Assert.Contains("written at byte 17", fault.Message);
    }

    [Fact]
    public void A_page_taken_while_it_is_home_is_told()
    {
        var page = Rent();
        _pool.ReturnUnused(page);

        Assert.Throws<InvalidOperationException>(() => _pool.Device.Take(page, 1));
    }

    [Fact]
    public void A_leak_is_listed_with_its_holder()
    {
        var (device, route) = (Rent(), Rent());
        new PageShare(_pool, "dns-capture", 2).Take(route, 1);

        Assert.Equal(new[] { $"page {device} of sim:0 is held by sim:0", $"page {route} of sim:0 is held by dns-capture" }.Order(), _audit.Leaks().Order());
    }

    [Fact]
    public void Nothing_is_leaked_when_all_is_home()
    {
        using var bundle = new BundlePool(2).Rent(_pool.Device, Account, NicInterface.Unknown);
        _pool.ReturnUnused(Rent());

        Assert.Empty(_audit.Leaks());
    }

    private int Rent() => _pool.TryRent(out var page) ? page : throw new InvalidOperationException("The test's pool is too small.");
}
