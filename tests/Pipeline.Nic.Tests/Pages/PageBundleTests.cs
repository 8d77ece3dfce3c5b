using System.Runtime.CompilerServices;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Pages;

public sealed class PageBundleTests : IDisposable
{
    private static readonly byte[] TenBytes = new byte[10];
    private readonly OnePacketPages _pages = new(pages: 32, bundlePackets: 4);
    private readonly NicInterface _eth0 = new(0, "eth0", LinkType.Ethernet, 0);
    private readonly PacketAccount _account = new("capture", AccountKind.Consumer);

    public void Dispose() => _pages.Dispose();

    [Fact]
    public void Disposing_counts_its_packets_as_delivered_and_brings_its_pages_home()
    {
        Receive(3).Dispose();

        Assert.Equal((new PacketTally(3, 30), 1L, 0, 0), (_account.DeliveredTally, _account.Bundles, _pages.Pool.Outstanding, _pages.Pool.Device.Charged));
    }

    [Fact]
    public void The_first_to_settle_wins()
    {
        using var bundle = Receive(3);

        Assert.True(bundle.SettleDropped(DropReason.ConsumerFailed));
        Assert.False(bundle.SettleDelivered());
        Assert.False(bundle.SettleDropped(DropReason.Shutdown));

        Assert.Equal((default, new PacketTally(3, 30), default), Counted());
        Assert.Equal(3, _eth0.Dropped);
    }

    [Fact]
    public void Disposing_after_settling_only_returns_pages()
    {
        var bundle = Receive(3);
        bundle.SettleDropped(DropReason.Shutdown);
        Assert.Equal(3, _pages.Pool.Outstanding);

        bundle.Dispose();

        Assert.Equal((0, default(PacketTally)), (_pages.Pool.Outstanding, _account.DeliveredTally));
    }

    [Fact]
    public void A_second_disposal_is_told()
    {
        var bundle = Receive(1);
        bundle.Dispose();

        Assert.Throws<ObjectDisposedException>(bundle.Dispose);
    }

    [Fact]
    public void An_idle_bundle_belongs_to_nobody()
    {
        var bundle = Receive(1);
        bundle.Dispose();

        Assert.Throws<ObjectDisposedException>(() => bundle.Pool);
    }

    [Fact]
    public void Rejected_and_held_packets_are_not_delivered()
    {
        var bundle = Receive(4);
        bundle.Reject(DropReason.SlowReader, 1, 10);
        bundle.Hold(2, 20);

        bundle.Dispose();

        Assert.Equal((new PacketTally(1, 10), new PacketTally(1, 10), new PacketTally(2, 20)),
            (_account.DeliveredTally, _account.DroppedTally(DropReason.SlowReader), _account.Held));
    }

    [Fact]
    public void A_failed_consumer_keeps_what_it_held()
    {
        using var bundle = Receive(4);
        bundle.Hold(3, 30);

        bundle.SettleDropped(DropReason.ConsumerFailed);

        Assert.Equal((default, new PacketTally(1, 10), new PacketTally(3, 30)), Counted());
    }

    [Fact]
    public void Copies_that_are_dropped_do_not_count_as_drops_of_the_interface()
    {
        using var bundle = _pages.Receive(_eth0, new PacketAccount("copies", AccountKind.Copy), TenBytes);

        bundle.SettleDropped(DropReason.SlowReader);

        Assert.Equal(0, _eth0.Dropped);
    }

    [Fact]
    public void What_was_moved_is_not_counted_again()
    {
        var bundle = Receive(2);
        bundle.SettleMoved();

        bundle.Dispose();

        Assert.Equal((default, default, default), Counted());
    }

    [Fact]
    public void Truncated_packets_were_never_there()
    {
        var bundle = Receive(4);

        bundle.Truncate(1);

        Assert.Equal((1, 10L, 1, 1), (bundle.Count, bundle.Bytes, _pages.Pool.Outstanding, _pages.Pool.Device.Charged));
        bundle.Dispose();
    }

    [Fact]
    public void Packets_moved_into_another_bundle_keep_their_pages()
    {
        var route = new PageShare(_pages.Pool, "route", 8);
        using var received = Receive(2);
        using var routed = _pages.Bundles.Rent(route, _account, _eth0);
        foreach (ref readonly var packet in received.Packets)
        {
            route.Take(_pages.Pool.PageOf(packet.Offset), 1);
            routed.Append(packet);
        }

        received.ForgetMoved();

        Assert.Equal((2, 0, 2), (_pages.Pool.Outstanding, _pages.Pool.Device.Charged, route.Charged));
    }

    [Fact]
    public void Packets_of_a_page_of_many_stay_with_the_bundle_which_gives_their_page_back()
    {
        using var pages = new ManyPacketPages();
        using var bundle = pages.Bundle(pages.Pool.Device, pages.Rent(), 2);
        var packet = bundle.Packets[0];

        bundle.ForgetMoved();

        Assert.Equal((2, 1), (bundle.Count, pages.Pool.Device.Charged));
        Assert.Throws<InvalidOperationException>(() => pages.Pool.Share(ref packet, 2));
    }

    [Fact]
    public void Bundles_are_used_again()
    {
        for (var i = 0; i < 10; i++) Receive(2).Dispose();

        // One is filled while the other waits for its pages to be taken out.
        Assert.Equal(2, _pages.Bundles.Made);
    }

    [Fact]
    public void A_disposed_bundle_takes_its_pages_home_and_the_owner_rents_both_again()
    {
        var bundle = Receive(3);
        var pages = PagesOf(bundle);
        bundle.Dispose();
        Assert.Equal((0, 0), (_pages.Pool.Outstanding, _pages.Pool.Device.Charged));

        var rented = new int[3];
        Assert.Equal(3, _pages.Pool.Rent(rented));

        Assert.Equal(pages.Order(), rented.Order());
        Assert.Same(bundle, _pages.Bundles.Rent(_pages.Pool.Device, _account, _eth0));
    }

    [Fact]
    public void Of_a_bundle_with_a_shared_page_only_the_pages_of_its_own_are_free_again()
    {
        var source = Receive(2);
        _pages.Pool.Share(ref source.Packets[0], 2);
        var shared = _pages.Pool.PageOf(source.Packets[0].Offset);
        var both = _pages.Bundles.Rent(_pages.Pool.Device, _account, _eth0);
        var one = _pages.Bundles.Rent(_pages.Pool.Device, _account, _eth0);
        _pages.Pool.Device.Take(shared, 3);
        both.Append(source.Packets);
        one.Append(source.Packets[0]);
        source.ForgetMoved();
        source.Dispose();

        both.Dispose();

        Assert.Equal(1, _pages.Pool.Outstanding);
        one.Dispose();
        Assert.Equal((0, 0), (_pages.Pool.Outstanding, _pages.Pool.Device.Charged));
    }

    [Fact]
    public void Of_chosen_packets_as_many_are_added_as_fit_and_the_others_are_named()
    {
        using var source = Receive(4);
        var pages = PagesOf(source);
        var small = new BundlePool(2);
        using var bundle = small.Rent(_pages.Pool.Device, _account, _eth0);

        _pages.Pool.Device.Take(pages[0], 2);

        var left = bundle.Append(source.Packets, 0b1101);

        Assert.Equal((0b1000ul, 2, 20L), (left, bundle.Count, bundle.Bytes));
        Assert.Equal([pages[0], pages[2]], PagesOf(bundle));
        bundle.ForgetMoved();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(63)]
    [InlineData(64)]
    public void Descriptors_begin_on_a_cache_line(int capacity)
    {
        for (var i = 0; i < 8; i++)
        {
            var memory = new DescriptorMemory(capacity);
            Assert.Equal(0, Address(ref memory[0]) % 64);
            Assert.Equal((capacity - 1) * 32, Address(ref memory[capacity - 1]) - Address(ref memory[0]));
            Assert.Throws<ArgumentOutOfRangeException>(() => memory[capacity]);
            Assert.Throws<ArgumentOutOfRangeException>(() => memory.Slice(1, capacity).Length);
        }

        // It is never moved, so that an address says something.
        static long Address(ref Packet packet) => Unsafe.ByteOffset(ref Unsafe.NullRef<Packet>(), ref packet);
    }

    [Fact]
    public void A_recycled_bundle_remembers_nothing()
    {
        var bundle = Receive(2);
        (bundle.MarkedBy, bundle.Sequence, bundle.StartedAt) = (new MarkedByDevice(7, 0), 8, 9);
        bundle.Reject(DropReason.TxFull, 1, 10);
        bundle.Dispose();
        using var between = Receive(1);

        using var again = Receive(0);

        Assert.Same(bundle, again);
        Assert.Equal((0, 0L, 0, 0L, 0L), (again.Count, again.Bytes, again.Generation, again.Sequence, again.StartedAt));
        again.SettleDelivered();
        Assert.Equal(1, _account.DroppedTally(DropReason.TxFull).Packets);
    }

    [Fact]
    public void A_stop_that_cannot_wait_settles_what_is_out_and_only_that()
    {
        Receive(1).Dispose();
        using var stuck = Receive(2);

        _pages.Bundles.SettleAll(DropReason.Shutdown);

        Assert.Equal((new PacketTally(1, 10), new PacketTally(2, 20), default), (_account.DeliveredTally, _account.DroppedTally(DropReason.Shutdown), _account.Held));
    }

    [Fact]
    public void Nothing_is_allocated_once_warm()
    {
        using var pool = new PacketPagePool("sim:0", 64, 8, audit: null);
        var bundles = new BundlePool(4);
        void Cycle()
        {
            using var bundle = bundles.Rent(pool.Device, _account, _eth0);
            pool.TryRent(out var page);
            bundle.Append(new Packet { Offset = pool.OffsetOf(page) });
            pool.Device.Take(page, 1);
        }

        Assert.Equal(0, Allocation.OnceWarm(() =>
        {
            for (var i = 0; i < 100; i++) Cycle();
        }));
    }

    private List<int> PagesOf(PageBundle bundle)
    {
        var pages = new List<int>();
        foreach (ref readonly var packet in bundle.Packets) pages.Add(_pages.Pool.PageOf(packet.Offset));
        return pages;
    }

    private PageBundle Receive(int packets) => _pages.Receive(_eth0, _account, [.. Enumerable.Repeat(TenBytes, packets)]);

    private (PacketTally Delivered, PacketTally Dropped, PacketTally Held) Counted() =>
        (_account.DeliveredTally, Enum.GetValues<DropReason>().Aggregate(default(PacketTally), (sum, reason) => sum + _account.DroppedTally(reason)), _account.Held);
}
