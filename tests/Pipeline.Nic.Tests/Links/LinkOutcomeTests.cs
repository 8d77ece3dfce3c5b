using System.Collections.Concurrent;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Links;
using Pipeline.Nic.Pages;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Links;

/// <summary>What became of packets on the other node stands in the account that they came from.</summary>
public class LinkOutcomeTests
{
    private static readonly DropReason[] Reasons = Enum.GetValues<DropReason>();

    [Theory]
    [InlineData(1, int.MaxValue)]
    [InlineData(2, int.MaxValue)]
    [InlineData(3, 50)]
    [InlineData(4, 0)]
    public async Task The_origins_account_balances_exactly_whatever_consumers_do(ulong seed, int needed)
    {
        var consumer = new RandomConsumer(seed);
        using var origin = new LinkOrigin();
        var target = new LinkTarget(consumer.Take);
        consumer.Accounts = target.Accounts;
        using var pair = await LinkPair.Start(target, new LinkTerms(Window: 512 << 10, InstanceWindow: 200 << 10));
        var (chance, sent) = (new Chance(seed + 100), new PacketTally[4]);
        var accounts = Enumerable.Range(0, 4).Select(i => new PacketAccount($"origin {i}", AccountKind.Consumer)).ToArray();
        var lanes = accounts.Select((a, i) => pair.Sender.OpenLane(i, a, needed)).ToArray();
        for (var i = 0; i < 2000; i++)
        {
            var to = chance.Below(4);
            var bundle = origin.Bundle(accounts[to], NicInterface.Unknown, chance, 1 + chance.Below(30), () => chance.Below(200));
            sent[to] = sent[to].Plus(bundle.Count, bundle.Bytes);
            LinkPair.Send(lanes[to], bundle);
        }

        consumer.Finish();
        Patiently.Await(() => accounts.Index().All(a => Ended(a.Item) == sent[a.Index]), () => $"{pair.Sender.Ending} {pair.Receiver.Ending}");
        pair.AwaitRest(origin.Pool, accounts);
        consumer.Stop();

        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(target.Accounts[i].DeliveredTally.Packets, accounts[i].DeliveredTally.Packets);
            Assert.All(Reasons, r => Assert.Equal(target.Accounts[i].DroppedTally(r).Packets, accounts[i].DroppedTally(r).Packets));
            if (needed == int.MaxValue) Assert.Equal(target.Accounts[i].DeliveredTally, accounts[i].DeliveredTally);
        }

        Assert.Null(pair.Sender.Ending);
    }

    [Fact]
    public void Packets_that_a_stop_settles_while_they_are_acknowledged_are_not_held_for_ever()
    {
        const int Rounds = 20_000;
        var account = new PacketAccount("origin", AccountKind.Consumer);
        using var origin = new LinkOrigin();
        using var bell = new LinkBell();
        var lane = new LinkLane(0, account, int.MaxValue, long.MaxValue, bell, new LinkCounters());
        var (round, settled, sent) = (0, 0, default(PageBundle));
        var stop = new Thread(() =>
        {
            for (; settled < Rounds; Volatile.Write(ref settled, settled + 1))
            {
                while (Volatile.Read(ref round) == settled) Thread.SpinWait(1);
                sent!.SettleDropped(DropReason.Shutdown);
            }
        });
        stop.Start();
        for (var i = 1; i <= Rounds; i++)
        {
            sent = origin.Bundle(account, 1, 10);
            lane.TrySend(sent);
            lane.Collect();
            lane.Next(0, long.MaxValue, out _);
            lane.Advance(1);
            Volatile.Write(ref round, i);
            Thread.SpinWait(i % 100);
            Assert.True(lane.TryAcknowledge(i, out _));
            while (Volatile.Read(ref settled) < i) Thread.SpinWait(1);
        }

        stop.Join();
        lane.HandBack((_, _) => { });

        Assert.Equal(default, account.Held);
        Assert.Equal(new PacketTally(Rounds, Rounds * 10), Ended(account));
    }

    [Fact]
    public async Task Packets_are_held_between_their_disposal_and_their_outcome()
    {
        using var origin = new LinkOrigin();
        var target = new LinkTarget((_, bundle) =>
        {
            bundle.Hold(bundle.Count, bundle.Bytes);
            bundle.Dispose();
        });
        using var pair = await LinkPair.Start(target);
        var account = new PacketAccount("origin", AccountKind.Consumer);
        LinkPair.Send(pair.Sender.OpenLane(0, account), origin.Bundle(account, 10, 100));
        Patiently.Await(() => account.Held == new PacketTally(10, 1000));
        Patiently.Await(() => origin.Pool.Outstanding == 0);

        target.Accounts[0].HeldDropped(DropReason.OutputFull, 4, 400);
        Patiently.Await(() => account.Held == new PacketTally(6, 600));
        target.Accounts[0].HeldDelivered(6, 600);
        Patiently.Await(() => account.Held == default);

        Assert.Equal(new PacketTally(6, 600), account.DeliveredTally);
        Assert.Equal(new PacketTally(4, 400), account.DroppedTally(DropReason.OutputFull));
    }

    [Fact]
    public async Task A_bundle_is_acknowledged_while_nothing_else_moves()
    {
        PageBundle? taken = null;
        using var origin = new LinkOrigin();
        using var pair = await LinkPair.Start(new LinkTarget((_, bundle) => Volatile.Write(ref taken, bundle)));
        var account = new PacketAccount("origin", AccountKind.Consumer);
        LinkPair.Send(pair.Sender.OpenLane(0, account), origin.Bundle(account, 1, 100));
        Patiently.Await(() => Volatile.Read(ref taken) is not null);

        taken!.SettleDropped(DropReason.MailboxFull);
        taken.Dispose();
        pair.AwaitRest(origin.Pool, account);

        Assert.Equal(new PacketTally(1, 100), account.DroppedTally(DropReason.MailboxFull));
    }

    [Fact]
    public async Task Packets_that_somebody_else_settled_meanwhile_are_not_counted_again()
    {
        var stuck = new ConcurrentQueue<PageBundle>();
        using var origin = new LinkOrigin();
        using var pair = await LinkPair.Start(new LinkTarget((_, bundle) => stuck.Enqueue(bundle)));
        var account = new PacketAccount("origin", AccountKind.Consumer);
        LinkPair.Send(pair.Sender.OpenLane(0, account), origin.Bundle(account, 10, 100));
        Patiently.Await(() => stuck.Count == 1);
        origin.Bundles.SettleAll(DropReason.Shutdown);

        stuck.Single().Dispose();
        Patiently.Await(() => origin.Pool.Outstanding == 0 && pair.Sender.Counters.Acknowledgements > 0);

        Assert.Equal(new PacketTally(10, 1000), Ended(account));
        Assert.Equal(default, account.DeliveredTally);
    }

    internal static PacketTally Ended(PacketAccount account) =>
        Reasons.Aggregate(account.DeliveredTally, (sum, reason) => sum + account.DroppedTally(reason));
}
