using System.Collections.Concurrent;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Links;
using Pipeline.Nic.Pages;
using Xunit;

namespace Pipeline.Nic.Tests.Links;

/// <summary>How much a link lets out, and who waits for whom.</summary>
public class LinkCreditTests
{
    private const int Packets = 32;

    /// <summary>With this length 23 bundles fill a frame to the last byte, so that none comes in two parts and bundles can be counted.</summary>
    private const int PacketBytes = 56;
    private const long Charge = Packets * (PacketBytes + 32);

    [Fact]
    public async Task An_instance_that_takes_nothing_home_gets_its_window_and_no_more_while_another_gets_everything()
    {
        var stuck = new ConcurrentQueue<PageBundle>();
        using var origin = new LinkOrigin(pages: 16384);
        using var pair = await LinkPair.Start(
            new LinkTarget((instance, bundle) =>
            {
                if (instance == 0) stuck.Enqueue(bundle);
                else bundle.Dispose();
            }),
            new LinkTerms(Window: 1 << 20, InstanceWindow: 256 << 10));
        var (slow, quick) = (new PacketAccount("slow", AccountKind.Consumer), new PacketAccount("quick", AccountKind.Consumer));
        var (slowLane, quickLane) = (pair.Sender.OpenLane(0, slow), pair.Sender.OpenLane(1, quick));
        for (var i = 0; i < 200; i++) LinkPair.Send(slowLane, origin.Bundle(slow, Packets, PacketBytes));
        for (var i = 0; i < 2000; i++) LinkPair.Send(quickLane, origin.Bundle(quick, Packets, PacketBytes));
        Patiently.Await(() => quick.DeliveredTally.Packets == 2000 * Packets);

        var window = (256 << 10) / (int)Charge;
        Patiently.Await(() => stuck.Count == window, () => $"{stuck.Count} bundles came, of {window}.");
        Assert.Equal(200 * Packets, origin.Pool.Outstanding);
        Assert.True(pair.Sender.Counters.CreditWaits > 0);

        Patiently.Await(() =>
        {
            while (stuck.TryDequeue(out var bundle)) bundle.Dispose();
            return slow.DeliveredTally.Packets == 200 * Packets;
        });
        pair.AwaitRest(origin.Pool, slow, quick);
    }

    [Fact]
    public async Task All_instances_together_get_no_more_than_the_links_window()
    {
        var stuck = new ConcurrentQueue<PageBundle>();
        using var origin = new LinkOrigin(pages: 16384);
        using var pair = await LinkPair.Start(new LinkTarget((_, bundle) => stuck.Enqueue(bundle)), new LinkTerms(Window: 512 << 10, InstanceWindow: 256 << 10));
        var accounts = Enumerable.Range(0, 4).Select(i => new PacketAccount($"consumer {i}", AccountKind.Consumer)).ToArray();
        var lanes = accounts.Select((a, i) => pair.Sender.OpenLane(i, a)).ToArray();
        for (var i = 0; i < 100; i++) foreach (var lane in lanes) LinkPair.Send(lane, origin.Bundle(lane.Account, Packets, PacketBytes));
        var window = (512 << 10) / (int)Charge;
        Patiently.Await(() => stuck.Count == window, () => $"{stuck.Count} bundles came, of {window}.");

        // What comes home makes room for as much, and never for more.
        for (var round = 1; round <= 50; round++)
        {
            Assert.True(stuck.TryDequeue(out var bundle));
            bundle.Dispose();
            Patiently.Await(() => stuck.Count == window);
            Assert.Equal(window + round, pair.Receiver.Counters.Bundles);
        }

        Patiently.Await(() =>
        {
            while (stuck.TryDequeue(out var bundle)) bundle.Dispose();
            return accounts.Sum(a => a.DeliveredTally.Packets) == 400 * Packets;
        });
        pair.AwaitRest(origin.Pool, accounts);
    }

    [Fact]
    public async Task Small_bundles_of_an_instance_that_is_stuck_do_not_pin_every_slab()
    {
        var stuck = new ConcurrentQueue<PageBundle>();
        using var origin = new LinkOrigin(pages: 8192);
        using var pair = await LinkPair.Start(
            new LinkTarget((instance, bundle) =>
            {
                if (instance == 0) stuck.Enqueue(bundle);
                else bundle.Dispose();
            }),
            receiver: new LinkOptions { Slabs = 12 });
        var (slow, quick) = (new PacketAccount("slow", AccountKind.Consumer), new PacketAccount("quick", AccountKind.Consumer));
        var (slowLane, quickLane) = (pair.Sender.OpenLane(0, slow), pair.Sender.OpenLane(1, quick));

        // One small bundle for the stuck instance goes with each slab's worth for the other.
        for (var i = 1; i <= 60; i++)
        {
            LinkPair.Send(slowLane, origin.Bundle(slow, 1, 60 + i));
            for (var j = 0; j < 8; j++) LinkPair.Send(quickLane, origin.Bundle(quick, 64, 1400));
            Patiently.Await(() => quick.DeliveredTally.Packets == i * 8 * 64, () => $"{pair.Receiver.Slabs.Outstanding} slabs are out");
        }

        Patiently.Await(() => stuck.Count == 60);
        Assert.True(pair.Receiver.Counters.Copied > 0);
        Assert.True(pair.Receiver.Slabs.Outstanding < 12);
        var lengths = stuck.Select(b => b.Packets[0].CapturedLength).ToList();
        Assert.Equal(Enumerable.Range(61, 60), lengths);
        while (stuck.TryDequeue(out var bundle)) bundle.Dispose();
        pair.AwaitRest(origin.Pool, slow, quick);

        // An instance of which nothing is out holds no slab either; the one that is read into remains.
        Patiently.Await(() => pair.Receiver.Slabs.Outstanding <= 1, () => $"{pair.Receiver.Slabs.Outstanding} slabs are out");
    }

    [Fact]
    public async Task A_receiver_without_a_free_slab_reads_on_when_one_comes_home()
    {
        var stuck = new ConcurrentQueue<PageBundle>();
        using var origin = new LinkOrigin(pages: 16384);
        using var pair = await LinkPair.Start(
            new LinkTarget((_, bundle) => stuck.Enqueue(bundle)), new LinkTerms(Window: 16 << 20, InstanceWindow: 16 << 20),
            receiver: new LinkOptions { Slabs = 4 });
        var account = new PacketAccount("consumer", AccountKind.Consumer);
        var lane = pair.Sender.OpenLane(0, account);
        for (var i = 0; i < 64; i++) LinkPair.Send(lane, origin.Bundle(account, 64, 1400));
        Patiently.Await(() => pair.Receiver.Counters.SlabWaits > 0);

        Patiently.Await(() =>
        {
            while (stuck.TryDequeue(out var bundle)) bundle.Dispose();
            return account.DeliveredTally.Packets == 64 * 64;
        });
        pair.AwaitRest(origin.Pool, account);
    }
}
