using System.Collections.Concurrent;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Links;
using Pipeline.Nic.Pages;
using Xunit;

namespace Pipeline.Nic.Tests.Links;

/// <summary>What a link has in flight, and who hears when that is nothing.</summary>
public class LinkInFlightTests
{
    private const int Packets = 32;
    private const int PacketBytes = 100;
    private const long Charge = Packets * (PacketBytes + 32);

    private readonly ConcurrentQueue<PageBundle> _taken = [];
    private readonly PacketAccount _account = new("origin", AccountKind.Consumer);

    [Fact]
    public async Task Packets_are_in_flight_until_they_are_disposed_and_bytes_from_when_they_are_sent()
    {
        using var origin = new LinkOrigin();
        using var pair = await Start(new LinkTerms(Window: 64 << 10, InstanceWindow: 64 << 10));
        var lane = pair.Sender.OpenLane(0, _account);
        for (var i = 0; i < 100; i++) LinkPair.Send(lane, origin.Bundle(_account, Packets, PacketBytes));
        var window = pair.Sender.Window / Charge;
        Patiently.Await(() => _taken.Sum(b => b.Count) == window * Packets);

        Assert.Equal((100 * Packets, 100 * Packets), (pair.Sender.PacketsInFlight, lane.PacketsInFlight));
        Patiently.Await(() => pair.Sender.Counters.BytesInFlight == window * Charge);
        Patiently.Await(() =>
        {
            while (_taken.TryDequeue(out var bundle)) bundle.Dispose();
            return pair.Sender.PacketsInFlight == 0;
        });
        Patiently.Await(() => pair.Sender.Counters.BytesInFlight == 0);
        pair.AwaitRest(origin.Pool, _account);
    }

    [Fact]
    public async Task A_link_that_was_closed_has_nothing_in_flight_whatever_was_refused_by_then()
    {
        using var origin = new LinkOrigin();
        using var pair = await Start();
        var lane = pair.Sender.OpenLane(0, _account);
        LinkPair.Send(lane, origin.Bundle(_account, Packets, PacketBytes));
        Patiently.Await(() => _taken.Count == 1);
        pair.Sender.Close((_, bundle) => bundle.Dispose());

        using var late = origin.Bundle(_account, Packets, PacketBytes);
        Assert.False(lane.TrySend(late));
        Assert.Equal((0, 0), (pair.Sender.PacketsInFlight, pair.Sender.Counters.BytesInFlight));
        _taken.Single().Dispose();
    }

    [Fact]
    public async Task Whoever_waits_is_called_when_the_last_outcome_has_come_and_not_when_the_last_bundle_is_home()
    {
        var woken = 0;
        using var origin = new LinkOrigin();
        using var pair = await Start();
        LinkPair.Send(pair.Sender.OpenLane(0, _account), origin.Bundle(_account, Packets, PacketBytes));
        pair.Sender.OpenLane(1, new PacketAccount("unused", AccountKind.Consumer));
        pair.Sender.WakeWhenIdle(() => Interlocked.Increment(ref woken));
        Patiently.Await(() => _taken.Count == 1);
        var bundle = _taken.Single();
        var receivers = bundle.Account;
        bundle.Hold(Packets, Packets * PacketBytes);
        bundle.Dispose();
        Patiently.Await(() => _account.Held.Packets == Packets);
        AwaitLook(pair);
        Assert.Equal(0, Volatile.Read(ref woken));

        receivers.HeldDelivered(Packets, Packets * PacketBytes);
        Patiently.Await(() => Volatile.Read(ref woken) == 1);
        Assert.Equal((default, Packets), (_account.Held, _account.DeliveredTally.Packets));
        AwaitLook(pair);
        Assert.Equal(1, woken);
    }

    [Fact]
    public async Task Whoever_waits_for_nothing_is_called_while_the_link_is_at_rest()
    {
        var woken = 0;
        using var pair = await Start();
        pair.Sender.OpenLane(0, _account);
        pair.Sender.WakeWhenIdle(() => Interlocked.Increment(ref woken));

        Patiently.Await(() => Volatile.Read(ref woken) == 1);
    }

    [Fact]
    public async Task What_is_handed_over_later_is_not_waited_for()
    {
        var woken = 0;
        using var origin = new LinkOrigin();
        using var pair = await Start();
        var lane = pair.Sender.OpenLane(0, _account);
        LinkPair.Send(lane, origin.Bundle(_account, Packets, PacketBytes));
        pair.Sender.WakeWhenIdle(() => Interlocked.Increment(ref woken));
        LinkPair.Send(lane, origin.Bundle(_account, Packets, PacketBytes));
        Patiently.Await(() => _taken.Sum(b => b.Count) == 2 * Packets);

        while (_taken.TryPeek(out var first) && first.Sequence == 1 && _taken.TryDequeue(out first)) first.Dispose();
        Patiently.Await(() => Volatile.Read(ref woken) == 1);

        Assert.Equal(Packets, pair.Sender.PacketsInFlight);
        while (_taken.TryDequeue(out var bundle)) bundle.Dispose();
        pair.AwaitRest(origin.Pool, _account);
    }

    [Fact]
    public async Task Whoever_still_waits_is_called_when_the_link_is_closed_and_later_at_once()
    {
        var woken = 0;
        using var origin = new LinkOrigin();
        using var pair = await Start();
        LinkPair.Send(pair.Sender.OpenLane(0, _account), origin.Bundle(_account, Packets, PacketBytes));
        Patiently.Await(() => _taken.Count == 1);
        pair.Sender.WakeWhenIdle(() => woken++);
        pair.Receiver.Dispose();
        Patiently.Await(() => pair.Sender.Ending is not null);
        Assert.Equal(0, woken);

        pair.Sender.Close((_, bundle) => bundle.Dispose());
        Assert.Equal(1, woken);
        pair.Sender.WakeWhenIdle(() => woken++);
        Assert.Equal(2, woken);
        _taken.Single().Dispose();
    }

    private Task<LinkPair> Start(LinkTerms? terms = null) => LinkPair.Start(new LinkTarget((_, bundle) => _taken.Enqueue(bundle)), terms);

    /// <summary>The sender has looked at its link since this was called: it looks before it sleeps, and it pings after a sleep.</summary>
    private static void AwaitLook(LinkPair pair)
    {
        var pings = pair.Sender.Counters.Pings;
        Patiently.Await(() => pair.Sender.Counters.Pings >= pings + 2);
    }
}
