using System.Collections.Concurrent;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;
using Xunit;

namespace Pipeline.Nic.Tests.Pages;

/// <summary>
/// What must hold when one thread rents and others return. Loops are bounded by work, not time; a lost wake-up shows as a wait that
/// runs into its limit of half a minute.
/// </summary>
public class ManyThreadsTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_source_that_waits_for_pages_is_always_woken()
    {
        using var pool = new PacketPagePool("sim:0", 64, 4);
        using var woken = new SemaphoreSlim(0);
        await Returning<int>(2, page => pool.ReturnUnused(page), home =>
        {
            for (var sent = 0; sent < 20_000;)
            {
                if (pool.TryRent(out var page))
                {
                    home.Add(page);
                    sent++;
                    continue;
                }

                pool.WakeWhenReturned(() => woken.Release());
                Assert.True(woken.Wait(Limit), "A wake-up was lost.");
            }
        });

        Assert.Equal(0, pool.Outstanding);
    }

    [Fact]
    public async Task A_router_that_waits_for_its_share_is_always_woken()
    {
        using var pages = new OnePacketPages(pages: 64, bundlePackets: 1);
        var share = new PageShare(pages.Pool, "route", 4, limitBundles: 3);
        using var woken = new SemaphoreSlim(0);
        await Returning<PageBundle>(2, bundle => bundle.Dispose(), home =>
        {
            for (var sent = 0; sent < 10_000; sent++)
            {
                while (!share.HasRoomFor(0, 1))
                {
                    share.WakeAtLowWater(() => woken.Release());
                    Assert.True(woken.Wait(Limit), "A wake-up was lost.");
                }

                pages.Pool.TryRent(out var page);
                home.Add(pages.BundleOf(share, page, new Packet { Offset = pages.Pool.OffsetOf(page), CapturedLength = 1 }));
            }
        });

        Assert.Equal((0, 0, 0), (pages.Pool.Outstanding, share.Charged, share.Bundles));
    }

    [Fact]
    public async Task A_page_held_by_two_shares_comes_home_once_whoever_lets_go_last()
    {
        using var pages = new ManyPacketPages(pages: 8, bundlePackets: 2);
        var shares = new[] { new PageShare(pages.Pool, "a", 8), new PageShare(pages.Pool, "b", 8) };
        await Returning<PageBundle>(3, bundle => bundle.Dispose(), home =>
        {
            for (var filled = 0; filled < 5_000;)
            {
                if (!pages.Pool.TryRent(out var page))
                {
                    Thread.Yield();
                    continue;
                }

                for (var i = 0; i < 4; i++) home.Add(pages.Bundle(shares[i % 2], page, 2));
                pages.Pool.ReleaseFilled(page);
                filled++;
            }
        });

        Assert.Empty(pages.Audit.Leaks());
        Assert.All(shares, share => Assert.Equal((0, 0), (share.Charged, share.Bundles)));
    }

    [Fact]
    public async Task A_bundle_that_several_threads_want_to_settle_is_counted_once()
    {
        using var pages = new OnePacketPages(pages: 8, bundlePackets: 2);
        var account = pages.Ledger.AddAccount("consumer", AccountKind.Consumer);
        var queue = pages.Ledger.AddQueue("queue");
        var stop = false;
        var settling = Task.Run(() => { while (!Volatile.Read(ref stop)) pages.Bundles.SettleAll(DropReason.Shutdown); });

        for (var i = 0; i < 20_000; i++)
        {
            // Empty, because SettleAll may only meet bundles that are complete: settling one is still a bundle counted.
            var bundle = pages.Receive(NicInterface.Unknown, account);
            queue.CountReceived(bundle.Interface, bundle.Count, bundle.Bytes);
            bundle.Dispose();
        }

        Volatile.Write(ref stop, true);
        await settling;
        Assert.True(pages.Ledger.Read().BalancesAtRest);
        Assert.Equal(20_000, account.Bundles);
    }

    [Fact]
    public async Task A_bundle_disposed_while_it_is_settled_elsewhere_loses_neither_pages_nor_counts()
    {
        using var pages = new OnePacketPages(pages: 8, bundlePackets: 2);
        var account = pages.Ledger.AddAccount("consumer", AccountKind.Consumer);
        for (var i = 0; i < 5_000; i++)
        {
            var bundle = pages.Receive(NicInterface.Unknown, account, [1], [2, 3]);
            using var both = new Barrier(2);
            var settling = Task.Run(() =>
            {
                both.SignalAndWait();
                pages.Bundles.SettleAll(DropReason.Shutdown);
            });
            both.SignalAndWait();
            bundle.Dispose();
            await settling;
        }

        Assert.Equal(new PacketTally(10_000, 15_000), account.DeliveredTally + account.DroppedTally(DropReason.Shutdown));
        Assert.Equal(0, pages.Pool.Outstanding);

        // Those on their way home hold a page each until it is taken out.
        Assert.InRange(pages.Bundles.Made, 1, pages.Pool.PageCount);
    }

    [Fact]
    public async Task A_bundle_disposed_by_two_threads_is_disposed_by_one()
    {
        using var pages = new OnePacketPages(pages: 8, bundlePackets: 2);
        var account = new PacketAccount("consumer", AccountKind.Consumer);
        for (var i = 0; i < 2_000; i++)
        {
            var bundle = pages.Receive(NicInterface.Unknown, account, [1]);
            var tries = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ => Task.Run(() => Record.Exception(bundle.Dispose))));
            Assert.Single(tries, fault => fault is ObjectDisposedException);
        }

        Assert.Equal(2_000, account.DeliveredTally.Packets);
    }

    [Fact]
    public async Task A_pool_closed_under_way_gives_up_its_memory_only_when_all_is_home()
    {
        for (var i = 0; i < 500; i++)
        {
            var pages = new OnePacketPages(pages: 8, bundlePackets: 1);
            var account = new PacketAccount("consumer", AccountKind.Consumer);
            var closing = Task.Run(pages.Dispose);
            await Returning<PageBundle>(1, bundle =>
            {
                Assert.Equal(7, bundle.BytesOf(bundle.Packets[0])[0]);
                bundle.Dispose();
            }, home =>
            {
                while (pages.Pool.TryRent(out var page))
                {
                    pages.Pool.PageMemory(page)[0] = 7;
                    home.Add(pages.BundleOf(pages.Pool.Device, page, new Packet { Offset = pages.Pool.OffsetOf(page), CapturedLength = 1 }));
                }
            });
            await closing;
            Assert.Equal(0, pages.Pool.Outstanding);
        }
    }

    [Fact]
    public async Task The_books_balance_whenever_they_are_read()
    {
        using var pages = new OnePacketPages(pages: 16, bundlePackets: 4);
        var account = pages.Ledger.AddAccount("consumer", AccountKind.Consumer);
        var queue = pages.Ledger.AddQueue("queue");
        pages.Ledger.AddPool(pages.Pool);
        var stop = false;
        var reading = Task.Run(() =>
        {
            while (!Volatile.Read(ref stop)) Assert.True(pages.Ledger.Read().BalancesRunning);
        });

        await Returning<PageBundle>(2, bundle => Buffer(bundle, account), home =>
        {
            for (var sent = 0; sent < 20_000;)
            {
                if (pages.Pool.PageCount - pages.Pool.Outstanding < 2) Thread.Yield();
                else home.Add(Counted(queue, pages.Receive(NicInterface.Unknown, account, [1], [2])));
                sent++;
            }
        });

        Volatile.Write(ref stop, true);
        await reading;
        Assert.True(pages.Ledger.Read().BalancesAtRest);
    }

    /// <summary>As a writer does: one packet goes into a buffer and is settled after its page went home.</summary>
    private static void Buffer(PageBundle bundle, PacketAccount account)
    {
        bundle.Hold(1, 1);
        bundle.Dispose();
        account.HeldDelivered(1, 1);
    }

    private static PageBundle Counted(QueueAccount queue, PageBundle bundle)
    {
        queue.CountReceived(bundle.Interface, bundle.Count, bundle.Bytes);
        return bundle;
    }

    /// <summary>Runs the sender on a thread of its own and gives what it sends to so many others; done when all has arrived.</summary>
    private static async Task Returning<T>(int threads, Action<T> ending, Action<BlockingCollection<T>> sending)
    {
        using var home = new BlockingCollection<T>();
        var returning = Enumerable.Range(0, threads).Select(_ => Task.Factory.StartNew(() =>
        {
            foreach (var item in home.GetConsumingEnumerable()) ending(item);
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToList();
        try
        {
            await Task.Factory.StartNew(() => sending(home), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
        finally
        {
            home.CompleteAdding();
            await Task.WhenAll(returning);
        }
    }
}
