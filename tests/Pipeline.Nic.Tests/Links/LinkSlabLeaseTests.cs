using System.Collections.Concurrent;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Links;
using Pipeline.Nic.Pages;
using Xunit;

namespace Pipeline.Nic.Tests.Links;

/// <summary>The lease of a receiver that reads nothing, because consumers hold every slab.</summary>
public class LinkSlabLeaseTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly LinkTerms Terms = new(Window: 16 << 20, InstanceWindow: 16 << 20);

    private readonly HandClock _clock = new();
    private readonly ConcurrentQueue<PageBundle> _stuck = [];
    private readonly PacketAccount _account = new("consumer", AccountKind.Consumer);

    [Fact]
    public async Task Bytes_that_lie_unread_are_no_sign_of_life_for_ever()
    {
        // The sender's clock stands still: it gives no sign of life, as if it hung or were cut off.
        using var origin = new LinkOrigin(pages: 16384);
        using var pair = await Start(new LinkOptions { Clock = new HandClock() });
        Fill(pair, origin);

        for (var second = 0; pair.Receiver.Ending is null; second++)
        {
            Assert.True(second < 30, "The lease did not end.");
            _clock.Move(Second);
            AwaitLook(pair);
        }

        Assert.Equal(LinkEndingKind.Stale, pair.Receiver.Ending.Kind);
        Assert.All(_stuck, bundle => Assert.False(bundle.IsLeaseValid));
        foreach (var bundle in _stuck) bundle.Dispose();
    }

    [Fact]
    public async Task Bytes_that_came_earlier_and_are_read_later_are_no_sign_of_life()
    {
        using var origin = new LinkOrigin(pages: 16384);
        var (dialled, accepted) = await LinkPair.Greet(Terms);
        using var pair = LinkPair.Start(dialled, accepted, Target, new LinkOptions { Clock = new HandClock() }, Receiver);
        var lane = Fill(pair, origin);
        AwaitLook(pair);
        var before = accepted.Wire.Arrived;
        LinkPair.Send(lane, origin.Bundle(_account, 64, 400));
        Patiently.Await(() => accepted.Wire.Arrived > before + (64 * 400));
        AwaitLook(pair);

        _clock.Move(2 * Second);
        AwaitLook(pair);
        Patiently.Await(() =>
        {
            while (_stuck.TryDequeue(out var bundle)) bundle.Dispose();
            return _account.DeliveredTally.Packets == pair.Sender.Counters.Packets;
        });
        Assert.Null(pair.Receiver.Ending);
        _clock.Move(2 * Second);

        Patiently.Await(() => pair.Receiver.Ending is not null);
        Assert.Equal(LinkEndingKind.Stale, pair.Receiver.Ending!.Kind);
    }

    [Fact]
    public async Task Bytes_that_come_are_a_sign_of_life_though_nothing_is_read()
    {
        using var origin = new LinkOrigin(pages: 16384);
        using var pair = await Start(new LinkOptions());
        Fill(pair, origin);

        for (var second = 0; second < 6; second++)
        {
            var pings = pair.Sender.Counters.Pings;
            Patiently.Await(() => pair.Sender.Counters.Pings > pings, () => $"{pair.Sender.Ending} {pair.Receiver.Ending}");
            AwaitLook(pair);
            _clock.Move(Second);
        }

        Assert.Null(pair.Receiver.Ending);
        Assert.All(_stuck, bundle => Assert.True(bundle.IsLeaseValid));
        while (_stuck.TryDequeue(out var bundle)) bundle.Dispose();
    }

    private LinkTarget Target => new((_, bundle) => _stuck.Enqueue(bundle));

    private LinkOptions Receiver => new() { Slabs = 4, Clock = _clock };

    private Task<LinkPair> Start(LinkOptions sender) => LinkPair.Start(Target, Terms, sender, Receiver);

    /// <summary>Sends until the receiver has no slab left, and little more.</summary>
    private LinkLane Fill(LinkPair pair, LinkOrigin origin)
    {
        var lane = pair.Sender.OpenLane(0, _account);
        for (var sent = 64; pair.Receiver.Counters.SlabWaits == 0; sent += 64)
        {
            LinkPair.Send(lane, origin.Bundle(_account, 64, 400));
            Patiently.Await(() => pair.Receiver.Counters.SlabWaits > 0 || pair.Receiver.Counters.Packets == sent);
        }

        return lane;
    }

    /// <summary>The receiver has looked at its socket since this was called.</summary>
    private static void AwaitLook(LinkPair pair)
    {
        var waits = pair.Receiver.Counters.SlabWaits;
        Patiently.Await(() => pair.Receiver.Counters.SlabWaits >= waits + 2 || pair.Receiver.Ending is not null);
    }
}
