using System.Collections.Concurrent;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Links;
using Pipeline.Nic.Pages;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Links;

/// <summary>What is sent over a link arrives, and nothing else.</summary>
public class LinkTransferTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Every_packet_arrives_with_all_that_is_known_of_it_and_in_order(ulong seed)
    {
        var chance = new Chance(seed);
        var (expected, arrived) = (new List<string>[3], new List<string>[3]);
        for (var i = 0; i < 3; i++) (expected[i], arrived[i]) = ([], []);
        using var origin = new LinkOrigin();
        using var pair = await LinkPair.Start(new LinkTarget((instance, bundle) =>
        {
            arrived[instance].AddRange(SeenPacket.In(bundle));
            bundle.Dispose();
        }));
        var accounts = Enumerable.Range(0, 3).Select(i => new PacketAccount($"consumer {i}", AccountKind.Consumer)).ToArray();
        var lanes = accounts.Select((a, i) => pair.Sender.OpenLane(i, a)).ToArray();
        var interfaces = Enumerable.Range(0, 5).Select(i => LinkOrigin.Ethernet(i, $"eth{i} ü")).ToArray();
        for (var i = 0; i < 600; i++)
        {
            var to = chance.Below(3);
            var bundle = origin.Bundle(
                accounts[to], chance.Of<NicInterface>(interfaces), chance, 1 + chance.Below(64), () => chance.OneIn(8) ? 0 : chance.Below(1600), chance.Below(3));
            expected[to].AddRange(SeenPacket.In(bundle));
            LinkPair.Send(lanes[to], bundle);
        }

        pair.AwaitRest(origin.Pool, accounts);

        for (var i = 0; i < 3; i++) Assert.Equal(expected[i], arrived[i]);
        Assert.Equal(expected.Sum(e => e.Count), accounts.Sum(a => a.DeliveredTally.Packets));
        Assert.Equal(600, pair.Sender.Counters.Bundles);
        Assert.Equal(pair.Sender.Counters.Bytes, pair.Receiver.Counters.Bytes);
        Assert.Equal(pair.Sender.Counters.Frames, pair.Receiver.Counters.Frames);
    }

    [Fact]
    public async Task A_packet_longer_than_a_frame_has_one_to_itself()
    {
        var arrived = new List<string>();
        using var origin = new LinkOrigin(pages: 64, pageBytes: 262_144);
        using var pair = await LinkPair.Start(new LinkTarget((_, bundle) =>
        {
            arrived.AddRange(SeenPacket.In(bundle));
            bundle.Dispose();
        }));
        var account = new PacketAccount("consumer", AccountKind.Consumer);
        var lane = pair.Sender.OpenLane(0, account);
        var lengths = new Queue<int>([262_144, 60, 65_536, 65_440, 65_441, 262_144, 0, 100_000]);
        var bundle = origin.Bundle(account, LinkOrigin.Ethernet(0, "eth0"), new Chance(5), lengths.Count, lengths.Dequeue);
        var expected = SeenPacket.In(bundle).ToList();

        LinkPair.Send(lane, bundle);
        pair.AwaitRest(origin.Pool, account);

        Assert.Equal(expected, arrived);
        Assert.Equal(8, pair.Sender.Counters.Packets);
        Assert.True(pair.Sender.Counters.Frames >= 6, $"{pair.Sender.Counters.Frames} frames");
    }

    [Theory]
    [InlineData(64)]
    [InlineData(0)]
    public async Task Only_the_bytes_that_an_instance_needs_are_carried_and_the_account_has_all(int needed)
    {
        var arrived = new ConcurrentQueue<string>();
        using var origin = new LinkOrigin();
        using var pair = await LinkPair.Start(new LinkTarget((_, bundle) =>
        {
            foreach (var packet in SeenPacket.In(bundle)) arrived.Enqueue(packet);
            bundle.Dispose();
        }));
        var (account, chance) = (new PacketAccount("consumer", AccountKind.Consumer), new Chance(9));
        var lane = pair.Sender.OpenLane(7, account, needed);
        var (expected, bytes) = (new List<string>(), 0L);
        for (var i = 0; i < 40; i++)
        {
            var bundle = origin.Bundle(account, NicInterface.Unknown, chance, 50, () => chance.Below(300));
            bytes += bundle.Bytes;
            expected.AddRange(SeenPacket.In(bundle, needed));
            LinkPair.Send(lane, bundle);
        }

        pair.AwaitRest(origin.Pool, account);

        Assert.Equal(expected, arrived);
        Assert.Equal(new PacketTally(2000, bytes), account.DeliveredTally);
        Assert.True(pair.Sender.Counters.Bytes <= 2000 * needed);
    }

    [Fact]
    public async Task A_bundle_larger_than_a_frame_and_than_the_window_is_sent_in_parts()
    {
        var (parts, arrived) = (0, new List<string>());
        using var origin = new LinkOrigin(bundlePackets: 1000);
        using var pair = await LinkPair.Start(new LinkTarget((_, bundle) =>
        {
            parts++;
            arrived.AddRange(SeenPacket.In(bundle));
            bundle.Dispose();
        }), new LinkTerms(FrameLimit: 4096, Window: 64 << 10, InstanceWindow: 8 << 10));
        var account = new PacketAccount("consumer", AccountKind.Consumer);
        var lane = pair.Sender.OpenLane(0, account);
        var bundle = origin.Bundle(account, NicInterface.Unknown, new Chance(3), 1000, () => 700);
        var expected = SeenPacket.In(bundle).ToList();

        LinkPair.Send(lane, bundle);
        pair.AwaitRest(origin.Pool, account);

        Assert.Equal(expected, arrived);
        Assert.True(parts > 100, $"{parts} parts");
        Assert.Equal(1, pair.Sender.Counters.Bundles);
        Assert.Equal(1, account.Bundles);
    }

    [Fact]
    public async Task More_interfaces_than_can_be_declared_at_a_time_are_all_told_right()
    {
        var names = new List<string>();
        using var origin = new LinkOrigin();
        using var pair = await LinkPair.Start(new LinkTarget((_, bundle) =>
        {
            names.Add(bundle.Interface.Name);
            bundle.Dispose();
        }));
        var account = new PacketAccount("consumer", AccountKind.Consumer);
        var lane = pair.Sender.OpenLane(0, account);
        var interfaces = Enumerable.Range(0, 5000).Select(i => LinkOrigin.Ethernet(i, $"if{i}")).ToArray();
        var sent = interfaces.Concat(interfaces[..10]).Concat(interfaces[^10..]).ToList();
        foreach (var from in sent) LinkPair.Send(lane, origin.Bundle(account, from, new Chance(1), 1, () => 10));
        pair.AwaitRest(origin.Pool, account);

        Assert.Equal(sent.Select(i => i.Name), names);
    }

    [Fact]
    public async Task An_id_that_is_given_to_another_interface_keeps_its_meaning_for_the_bundles_before_that()
    {
        PageBundle? kept = null;
        var names = new ConcurrentQueue<string>();
        using var origin = new LinkOrigin();
        using var pair = await LinkPair.Start(new LinkTarget((_, bundle) =>
        {
            names.Enqueue(bundle.Interface.Name);
            if (bundle.Count == 64) Volatile.Write(ref kept, bundle);
            else bundle.Dispose();
        }), new LinkTerms(Window: 64 << 10, InstanceWindow: 4 << 10));
        var account = new PacketAccount("consumer", AccountKind.Consumer);
        var lane = pair.Sender.OpenLane(0, account);
        var interfaces = Enumerable.Range(0, LinkLayout.MostInterfaces + 1).Select(i => LinkOrigin.Ethernet(i, $"if{i}")).ToArray();
        foreach (var from in interfaces[..^1]) LinkPair.Send(lane, origin.Bundle(account, from, new Chance(1), 1, () => 10));
        pair.AwaitRest(origin.Pool, account);

        // This one takes all credit. The two behind it wait, and go in one frame: one of the oldest interface, and one of a further one.
        LinkPair.Send(lane, origin.Bundle(account, interfaces[1], new Chance(1), 64, () => 32));
        Patiently.Await(() => Volatile.Read(ref kept) is not null);
        LinkPair.Send(lane, origin.Bundle(account, interfaces[0], new Chance(1), 1, () => 10));
        LinkPair.Send(lane, origin.Bundle(account, interfaces[^1], new Chance(1), 1, () => 10));
        kept!.Dispose();
        pair.AwaitRest(origin.Pool, account);

        Assert.Equal(["if0", $"if{LinkLayout.MostInterfaces}"], names.TakeLast(2));
    }

    [Fact]
    public async Task Threads_hand_over_at_once_and_the_bundles_of_each_stay_in_order()
    {
        const int Bundles = 3000;
        var arrived = new List<uint>();
        using var pair = await LinkPair.Start(new LinkTarget((_, bundle) =>
        {
            foreach (ref readonly var packet in bundle.Packets) arrived.Add(packet.Mark);
            bundle.Dispose();
        }));
        var account = new PacketAccount("consumer", AccountKind.Consumer);
        var lane = pair.Sender.OpenLane(0, account);
        var origins = Enumerable.Range(0, 3).Select(_ => new LinkOrigin(pages: 500)).ToArray();
        var threads = origins.Select((origin, thread) => Task.Factory.StartNew(
            () =>
            {
                for (var i = 0; i < Bundles; i++)
                {
                    var bundle = origin.Bundle(account, 1, 20);
                    bundle.Packets[0].Mark = (uint)((thread * Bundles) + i);
                    LinkPair.Send(lane, bundle);
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
        await Task.WhenAll(threads);
        foreach (var origin in origins)
        {
            pair.AwaitRest(origin.Pool, account);
            origin.Dispose();
        }

        for (var thread = 0u; thread < 3; thread++)
            Assert.Equal(Enumerable.Range((int)thread * Bundles, Bundles), arrived.Where(m => m / Bundles == thread).Select(m => (int)m));
    }

    [Fact]
    public async Task A_bundle_of_another_account_and_an_empty_one_remain_the_callers()
    {
        using var origin = new LinkOrigin();
        using var pair = await LinkPair.Start(LinkTarget.Disposing());
        var lane = pair.Sender.OpenLane(0, new PacketAccount("consumer", AccountKind.Consumer));
        using var other = origin.Bundle(new PacketAccount("other", AccountKind.Consumer), 1, 10);
        using var empty = origin.Bundle(lane.Account, 0, 0);

        Assert.Throws<ArgumentException>(() => lane.TrySend(other));
        Assert.Throws<ArgumentException>(() => lane.TrySend(empty));

        // An acknowledgement could not hold all packets of this one, and would lose the bundle.
        using var sorted = origin.Bundle(lane.Account, 2, 10);
        sorted.Reject(DropReason.OutputFull, 1, 10);
        Assert.Throws<ArgumentException>(() => lane.TrySend(sorted));
        Assert.Throws<InvalidOperationException>(() => pair.Sender.OpenLane(0, lane.Account));
    }

    [Fact]
    public async Task A_bundle_that_came_over_a_link_does_not_go_over_another_one()
    {
        PageBundle? taken = null;
        using var origin = new LinkOrigin();
        var target = new LinkTarget((_, bundle) => Volatile.Write(ref taken, bundle));
        using var first = await LinkPair.Start(target);
        using var second = await LinkPair.Start(LinkTarget.Disposing());
        var account = new PacketAccount("consumer", AccountKind.Consumer);
        LinkPair.Send(first.Sender.OpenLane(0, account), origin.Bundle(account, 1, 10));
        Patiently.Await(() => Volatile.Read(ref taken) is not null);

        // The first link would wait for ever for a bundle whose ticket the second one has overwritten.
        var lane = second.Sender.OpenLane(0, target.Accounts[0]);
        Assert.Throws<ArgumentException>(() => lane.TrySend(taken!));
        taken!.Dispose();
        first.AwaitRest(origin.Pool, account);
    }
}
