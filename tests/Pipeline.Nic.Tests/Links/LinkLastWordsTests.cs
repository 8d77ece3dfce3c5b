using System.Collections.Concurrent;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Links;
using Pipeline.Nic.Pages;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Links;

/// <summary>What a receiver says of a link that ended, and what the sender makes of it.</summary>
public class LinkLastWordsTests
{
    private readonly HandClock _clock = new();
    private readonly ConcurrentQueue<PageBundle> _taken = [];
    private readonly PacketAccount _account = new("origin", AccountKind.Consumer);

    [Fact]
    public async Task There_are_none_while_the_link_runs_or_a_bundle_is_out()
    {
        using var origin = new LinkOrigin();
        using var pair = await Start();
        Send(pair, origin, bundles: 2);

        Assert.False(pair.Receiver.TryTakeLastWords(out _));
        pair.Receiver.Dispose();
        Assert.False(pair.Receiver.TryTakeLastWords(out _));
        End(1);
        Assert.False(pair.Receiver.TryTakeLastWords(out _));
        End(1);
        Assert.True(pair.Receiver.TryTakeLastWords(out var words));

        Assert.Equal((1, 11, 22, 1, true), (words.Epoch, words.SenderUid, words.ReceiverUid, words.Instances, words.IsSettled));
        Assert.Equal((2, 0), (words.Rows[0].Sequence, words.Rows[0].Packets));
    }

    [Fact]
    public async Task Whoever_waits_for_them_is_called_once_when_the_last_bundle_is_home()
    {
        var woken = 0;
        using var origin = new LinkOrigin();
        using var pair = await Start();
        Send(pair, origin, bundles: 3);
        pair.Receiver.WakeWhenHome(() => woken++);
        pair.Receiver.Dispose();
        pair.Receiver.WakeWhenHome(() => woken += 10);

        End(2);
        Assert.Equal(0, woken);
        End(1);
        Assert.Equal(11, woken);
        pair.Receiver.WakeWhenHome(() => woken += 100);
        Assert.Equal(111, woken);
        pair.Receiver.Dispose();
        Assert.Equal(111, woken);
    }

    [Fact]
    public async Task A_bundle_that_a_hung_consumer_discards_is_not_among_them_though_it_was_disposed()
    {
        using var origin = new LinkOrigin();
        using var pair = await Start();
        Send(pair, origin, bundles: 5);
        End(2);
        Patiently.Await(() => _account.DeliveredTally.Packets == 20);

        _clock.Move(TimeSpan.FromSeconds(5));
        Discard(3);
        Patiently.Await(() => pair.Receiver.Ending is not null);

        Assert.Equal(LinkEndingKind.Stale, pair.Receiver.Ending!.Kind);
        Assert.True(pair.Receiver.TryTakeLastWords(out var words));
        Assert.Equal((2, 0), (words.Rows[0].Sequence, words.Rows[0].Packets));
        Assert.Equal((20, 30), await Close(pair, words));
        Assert.Equal(1, pair.Sender.Counters.LastWords);
    }

    [Theory]
    [InlineData(int.MaxValue, false)]
    [InlineData(int.MaxValue, true)]
    [InlineData(990, false)]
    [InlineData(990, true)]
    public async Task A_bundle_that_was_processed_in_part_is_handed_back_without_those_packets(int needed, bool isBlock)
    {
        using var pages = new LinkOrigin();
        using var blocks = new BlockOrigin(pageBytes: 4096);
        using var pair = await Start(new LinkTerms(FrameLimit: 4096));
        var bundle = isBlock ? blocks.Bundle(_account, new Chance(1), 20, () => 1000) : pages.Bundle(_account, 20, 1000);
        blocks.Finish();
        for (var i = 0; i < 20; i++) bundle.Packets[i].Mark = (uint)i;
        var rest = SeenPacket.In(bundle).Skip(6).ToList();
        LinkPair.Send(pair.Sender.OpenLane(0, _account, needed), bundle);

        // Three packets fit a frame, so it comes in seven parts. A page of the blocks has four.
        Patiently.Await(() => _taken.Count == 7);
        End(2);
        _clock.Move(TimeSpan.FromSeconds(5));
        Discard(5);
        Patiently.Await(() => pair.Receiver.Ending is not null);
        Assert.True(pair.Receiver.TryTakeLastWords(out var words));
        Assert.Equal((0, 6), (words.Rows[0].Sequence, words.Rows[0].Packets));
        var back = new List<PageBundle>();
        pair.Sender.Close((_, b) => back.Add(b), words);

        Assert.Same(bundle, Assert.Single(back));
        Assert.Equal((14, 14_000), (bundle.Count, bundle.Bytes));
        Assert.Equal(rest, SeenPacket.In(bundle));
        Assert.Equal(isBlock ? (0, 4) : (14, 0), (pages.Pool.Outstanding, blocks.Pool.Outstanding));
        Assert.Equal(new PacketTally(6, 6000), _account.DeliveredTally);
        bundle.Dispose();
        Assert.Equal((0, 0), (pages.Pool.Outstanding, blocks.Pool.Outstanding));
        Assert.Equal(new PacketTally(20, 20_000), LinkOutcomeTests.Ended(_account));
        Assert.Equal(default, _account.Held);
    }

    [Fact]
    public async Task What_came_after_a_discarded_bundle_is_not_acknowledged_whatever_became_of_it()
    {
        using var origin = new LinkOrigin();
        using var pair = await Start();
        Send(pair, origin, bundles: 5);
        End(1);

        // The lease is valid. The consumer must not say so then, and the link ends rather than to let a later bundle be processed.
        Discard(1);
        Assert.All(_taken, b => Assert.False(b.IsLeaseValid));
        End(3);
        Patiently.Await(() => pair.Receiver.Ending is not null);

        Assert.Equal(LinkEndingKind.Stale, pair.Receiver.Ending!.Kind);
        Assert.True(pair.Receiver.TryTakeLastWords(out var words));
        Assert.Equal(1, words.Rows[0].Sequence);
        Assert.Equal((10, 40), await Close(pair, words));
    }

    [Fact]
    public async Task Outcomes_that_come_late_are_in_words_that_are_taken_later()
    {
        using var origin = new LinkOrigin();
        using var pair = await Start();
        Send(pair, origin, bundles: 3);
        Assert.True(_taken.TryDequeue(out var first));
        var receivers = first.Account;
        first.Hold(10, 1000);
        first.Dispose();
        _clock.Move(TimeSpan.FromSeconds(5));
        Discard(2);
        Patiently.Await(() => pair.Receiver.Ending is not null);

        // The discarded packets are counted as lost, but they are no outcome of those that were processed.
        Assert.Equal(20, receivers.DroppedTally(DropReason.RemoteLost).Packets);
        Assert.True(pair.Receiver.TryTakeLastWords(out var early));
        Assert.False(early.IsSettled);
        Assert.All(early.Rows[0].Outcomes, o => Assert.Equal(default, o));
        receivers.HeldDropped(DropReason.OutputError, 4, 400);
        receivers.HeldDelivered(6, 600);
        Assert.True(pair.Receiver.TryTakeLastWords(out var words));

        Assert.True(words.IsSettled);
        Assert.Equal((10, 20), await Close(pair, words));
        Assert.Equal(new PacketTally(6, 600), _account.DeliveredTally);
        Assert.Equal(new PacketTally(4, 400), _account.DroppedTally(DropReason.OutputError));
    }

    [Fact]
    public async Task Words_that_the_sender_may_not_have_heard_are_said_again()
    {
        using var origin = new LinkOrigin();
        using var pair = await Start();
        Send(pair, origin, bundles: 3);
        pair.Receiver.Dispose();
        Discard(3);
        Assert.True(pair.Receiver.TryTakeLastWords(out var words));

        // The second link breaks before its sender has said anything; the third one is told of the first.
        var (dialled, accepted) = await LinkPair.Greet(LinkPair.Hello.Terms, epoch: 2, words);
        using var second = new LinkReceiver(accepted, new LinkOptions(), LinkTarget.Disposing());
        dialled.Dispose();
        Patiently.Await(() => second.Ending is not null);
        Assert.True(second.TryTakeLastWords(out var again));
        Assert.Same(words, again);

        // Over this one something came: it has words of its own.
        var third = await LinkPair.Greet(LinkPair.Hello.Terms, epoch: 3, words);
        using var heard = LinkPair.Start(third.Dialled, third.Accepted, LinkTarget.Disposing());
        var account = new PacketAccount("origin", AccountKind.Consumer);
        LinkPair.Send(heard.Sender.OpenLane(0, account), origin.Bundle(account, 1, 10));
        Patiently.Await(() => account.DeliveredTally.Packets == 1);
        heard.Receiver.Dispose();
        Assert.True(heard.Receiver.TryTakeLastWords(out var own));
        Assert.Equal((3, 1), (own.Epoch, own.Rows[0].Sequence));
    }

    [Fact]
    public async Task Words_about_another_link_are_passed_over()
    {
        using var origin = new LinkOrigin();
        using var pair = await Start();
        Send(pair, origin, bundles: 3);
        End(3, of: bundle => bundle.SettleNotProcessed());

        Assert.Equal((0, 30), await Close(pair, Words(LinkPair.Hello with { Epoch = 2 }, new LastWordsRow(0, 3, 0, Delivered(30)))));
        Assert.Equal(0, pair.Sender.Counters.LastWords);
        Assert.All(Enum.GetValues<LinkRefusal>(), r => Assert.Equal(0, pair.Sender.Counters.Refused(r)));
    }

    [Theory]
    [InlineData(0, 4, 0, 30, LinkRefusal.Acknowledgement)]
    [InlineData(0, 1, 10, 20, LinkRefusal.Acknowledgement)]
    [InlineData(0, 3, 1, 30, LinkRefusal.Acknowledgement)]
    [InlineData(0, 2, 3, 24, LinkRefusal.Outcome)]
    [InlineData(1, 1, 0, 10, LinkRefusal.Instance)]
    public async Task Words_that_contradict_what_was_sent_are_passed_over_as_a_whole_and_counted(
        int instance, long sequence, int packets, int delivered, LinkRefusal refusal)
    {
        using var origin = new LinkOrigin();
        using var pair = await Start();
        Send(pair, origin, bundles: 3);
        pair.Receiver.Dispose();
        Discard(3);
        var other = new PacketAccount("other", AccountKind.Consumer);
        pair.Sender.OpenLane(2, other);

        // The other row is right, and is not taken either.
        LastWordsRow[] rows = [new(instance, sequence, packets, Delivered(delivered)), new(2, 0, 0, Delivered(0))];
        Assert.Equal((0, 30), await Close(pair, Words(LinkPair.Hello, rows)));
        Assert.Equal(0, pair.Sender.Counters.LastWords);
        Assert.Equal(1, pair.Sender.Counters.Refused(refusal));
    }

    private Task<LinkPair> Start(LinkTerms? terms = null) =>
        LinkPair.Start(new LinkTarget((_, bundle) => _taken.Enqueue(bundle)), terms, receiver: new LinkOptions { Clock = _clock });

    /// <summary>Sends bundles of ten packets of 100 bytes to instance 0, and waits until they have come.</summary>
    private void Send(LinkPair pair, LinkOrigin origin, int bundles)
    {
        var lane = pair.Sender.OpenLane(0, _account);
        for (var i = 0; i < bundles; i++) LinkPair.Send(lane, origin.Bundle(_account, 10, 100));
        Patiently.Await(() => _taken.Count == bundles);
    }

    private void End(int bundles, Action<PageBundle>? of = null)
    {
        for (; bundles > 0; bundles--)
        {
            Assert.True(_taken.TryDequeue(out var bundle));
            of?.Invoke(bundle);
            bundle.Dispose();
        }
    }

    private void Discard(int bundles) => End(bundles, bundle => Assert.True(bundle.SettleNotProcessed()));

    /// <summary>Closes the sender with words that went over a connection, where they can.</summary>
    /// <returns>The packets that have ended by then, and those that are handed back.</returns>
    private async Task<(long Ended, long Back)> Close(LinkPair pair, LinkLastWords words)
    {
        var (dialled, accepted) = await LinkPair.Greet(LinkPair.Hello.Terms, epoch: 3, words);
        var back = new List<PageBundle>();
        pair.Sender.Close((_, bundle) => back.Add(bundle), dialled.LastWords);
        pair.Sender.Close((_, bundle) => back.Add(bundle), dialled.LastWords);
        dialled.Dispose();
        accepted.Dispose();
        Assert.Equal((default, 0, 0), (_account.Held, pair.Sender.PacketsInFlight, pair.Sender.Counters.BytesInFlight));
        (long, long) packets = (LinkOutcomeTests.Ended(_account).Packets, back.Sum(b => b.Count));
        foreach (var bundle in back)
        {
            bundle.SettleMoved();
            bundle.Dispose();
        }

        return packets;
    }

    private static LinkLastWords Words(LinkHello hello, params LastWordsRow[] rows) => new(hello, isSettled: true, rows);

    internal static PacketTally[] Delivered(long packets, long? bytes = null)
    {
        var outcomes = new PacketTally[LinkLayout.Outcomes];
        outcomes[0] = new PacketTally(packets, bytes ?? (packets * 100));
        return outcomes;
    }
}
