using System.Collections.Concurrent;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Links;
using Pipeline.Nic.Pages;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Links;

/// <summary>How links end, and what becomes of what they carried.</summary>
public class LinkEndTests
{
    private const int Instances = 3;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(200)]
    [InlineData(700)]
    [InlineData(1200)]
    public async Task A_link_cut_at_any_moment_hands_back_exactly_what_was_not_acknowledged(int cutAfter)
    {
        var consumer = new RandomConsumer((ulong)cutAfter);
        using var origin = new LinkOrigin();
        var target = new LinkTarget(consumer.Take);
        consumer.Accounts = target.Accounts;
        using var pair = await LinkPair.Start(target, new LinkTerms(Window: 256 << 10, InstanceWindow: 100 << 10));
        var accounts = Enumerable.Range(0, Instances).Select(i => new PacketAccount($"origin {i}", AccountKind.Consumer)).ToArray();
        var lanes = accounts.Select((a, i) => pair.Sender.OpenLane(i, a)).ToArray();
        var (sent, back) = (new List<PageBundle>[Instances], new List<PageBundle>[Instances]);
        for (var i = 0; i < Instances; i++) (sent[i], back[i]) = ([], []);
        var total = SendUntilCut(origin, pair, lanes, sent, cutAfter);

        pair.Sender.Close((instance, bundle) => back[instance].Add(bundle));

        var bytes = new PacketTally[Instances];
        for (var i = 0; i < Instances; i++)
        {
            // What was acknowledged is the first part of what was sent, so what is back is the last.
            Assert.Equal(sent[i][^back[i].Count..], back[i]);
            foreach (var bundle in back[i]) bytes[i] = bytes[i].Plus(bundle.Count, bundle.Bytes);
            Assert.Equal(total[i] - bytes[i], LinkOutcomeTests.Ended(accounts[i]));
            Assert.Equal(default, accounts[i].Held);
        }

        Assert.Equal(bytes.Sum(b => b.Packets), origin.Pool.Outstanding);
        foreach (var bundle in back.SelectMany(b => b)) bundle.Dispose();
        Assert.Equal(0, origin.Pool.Outstanding);
        consumer.Finish();
        Patiently.Await(() => pair.Receiver.Slabs.Outstanding == 0);
        consumer.Stop();
    }

    [Fact]
    public async Task Nothing_can_be_handed_to_a_link_that_has_ended()
    {
        var endings = new ConcurrentQueue<LinkEnding>();
        using var origin = new LinkOrigin();
        using var pair = await LinkPair.Start(LinkTarget.Disposing(), sender: new LinkOptions { OnEnded = endings.Enqueue });
        var account = new PacketAccount("origin", AccountKind.Consumer);
        var lane = pair.Sender.OpenLane(0, account);
        pair.Receiver.Dispose();
        Patiently.Await(() => !endings.IsEmpty);

        using var bundle = origin.Bundle(account, 1, 10);
        Assert.False(lane.TrySend(bundle));
        Assert.False(pair.Sender.OpenLane(1, account).TrySend(bundle));
        Assert.Equal(LinkEndingKind.ClosedByPeer, endings.Single().Kind);
        Assert.Equal(LinkEndingKind.Closed, pair.Receiver.Ending!.Kind);
    }

    [Fact]
    public async Task A_receiver_that_did_not_look_at_its_link_for_too_long_ends_it_as_stale()
    {
        var (clock, taken) = (new HandClock(), new ConcurrentQueue<PageBundle>());
        using var origin = new LinkOrigin();
        using var pair = await LinkPair.Start(new LinkTarget((_, b) => taken.Enqueue(b)), receiver: new LinkOptions { Clock = clock });
        var account = new PacketAccount("origin", AccountKind.Consumer);
        LinkPair.Send(pair.Sender.OpenLane(0, account), origin.Bundle(account, 1, 10));
        Patiently.Await(() => taken.Count == 1);
        Assert.True(taken.Single().IsLeaseValid);

        clock.Move(LinkLease.Length + TimeSpan.FromMilliseconds(1));

        // The consumer may wake before the link's thread does: it asks the clock, not the thread.
        Assert.False(taken.Single().IsLeaseValid);
        Patiently.Await(() => pair.Receiver.Ending is not null && pair.Sender.Ending is not null);
        Assert.Equal(LinkEndingKind.Stale, pair.Receiver.Ending!.Kind);
        Assert.Equal(1, pair.Receiver.Counters.Stale);
        Assert.False(taken.Single().IsLeaseValid);
        taken.Single().Dispose();
    }

    [Fact]
    public async Task A_sender_that_hung_ends_its_link_as_stale_and_hands_back_what_it_had()
    {
        var clock = new HandClock();
        using var origin = new LinkOrigin();
        using var pair = await LinkPair.Start(new LinkTarget((_, _) => { }), sender: new LinkOptions { Clock = clock });
        var account = new PacketAccount("origin", AccountKind.Consumer);
        LinkPair.Send(pair.Sender.OpenLane(0, account), origin.Bundle(account, 1, 10));
        Patiently.Await(() => pair.Receiver.Counters.Bundles == 1);

        clock.Move(TimeSpan.FromSeconds(4));
        Patiently.Await(() => pair.Sender.Ending is not null);
        var back = new List<PageBundle>();
        pair.Sender.Close((_, bundle) => back.Add(bundle));

        Assert.Equal(LinkEndingKind.Stale, pair.Sender.Ending!.Kind);
        Assert.Equal(10, back.Single().Bytes);
        back.Single().Dispose();
    }

    [Fact]
    public async Task Both_sides_give_signs_of_life_while_they_have_nothing_to_say()
    {
        using var pair = await LinkPair.Start(LinkTarget.Disposing());

        Patiently.Await(() => pair.Sender.Counters.Pings >= 3 && pair.Receiver.Counters.Pings >= 3);

        Assert.Null(pair.Sender.Ending);
        Assert.Null(pair.Receiver.Ending);
    }

    [Fact]
    public async Task A_target_that_throws_ends_its_link_alone()
    {
        using var origin = new LinkOrigin();
        using var pair = await LinkPair.Start(new LinkTarget((_, bundle) =>
        {
            bundle.Dispose();
            throw new InvalidOperationException("no");
        }));
        var account = new PacketAccount("origin", AccountKind.Consumer);
        LinkPair.Send(pair.Sender.OpenLane(0, account), origin.Bundle(account, 1, 10));
        Patiently.Await(() => pair.Receiver.Ending is not null);

        Assert.Equal(LinkEndingKind.Failed, pair.Receiver.Ending!.Kind);
        Patiently.Await(() => pair.Receiver.Slabs.Outstanding == 0);
    }

    private static PacketTally[] SendUntilCut(LinkOrigin origin, LinkPair pair, LinkLane[] lanes, List<PageBundle>[] sent, int cutAfter)
    {
        var (chance, total) = (new Chance((ulong)cutAfter + 7), new PacketTally[lanes.Length]);
        for (var i = 0; i < cutAfter; i++)
        {
            var to = chance.Below(lanes.Length);
            var bundle = origin.Bundle(lanes[to].Account, NicInterface.Unknown, chance, 1 + chance.Below(30), () => chance.Below(200));
            var tally = new PacketTally(bundle.Count, bundle.Bytes);
            LinkPair.Send(lanes[to], bundle);
            sent[to].Add(bundle);
            total[to] += tally;
        }

        pair.Receiver.Dispose();
        return total;
    }
}
