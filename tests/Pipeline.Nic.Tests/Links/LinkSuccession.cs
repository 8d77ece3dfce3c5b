using System.Collections.Concurrent;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Links;
using Pipeline.Nic.Pages;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Links;

/// <summary>
/// Links between the same two nodes, one after the other. The test's thread is the consumers of all instances, and the sender: what a link
/// hands back goes over the next one.
/// </summary>
internal sealed class LinkSuccession(ulong seed, int needed, Func<PacketAccount, Chance, PageBundle> make)
{
    private const int Instances = 3;

    // Nobody says that a packet was lost on the way, so whoever counts one as lost invents it.
    private static readonly DropReason[] Reasons = [.. Enum.GetValues<DropReason>().Where(r => r != DropReason.RemoteLost)];
    private static readonly LinkTerms Terms = new(FrameLimit: 4096, Window: 64 << 10, InstanceWindow: 24 << 10);

    private readonly Chance _chance = new(seed);
    private readonly ConcurrentQueue<(int Instance, PageBundle Bundle)> _came = [];
    private readonly List<(PacketAccount Account, long Packets, long Bytes)> _held = [];
    private readonly List<LinkTarget> _targets = [];
    private readonly Queue<PageBundle>[] _toSend = [.. Enumerable.Range(0, Instances).Select(_ => new Queue<PageBundle>())];
    private readonly uint[] _made = new uint[Instances];
    private HandClock _sendersClock = new();
    private HandClock _receiversClock = new();

    public PacketAccount[] Accounts { get; } = [.. Enumerable.Range(0, Instances).Select(i => new PacketAccount($"origin {i}", AccountKind.Consumer))];

    public PacketTally[] Made { get; } = new PacketTally[Instances];

    /// <summary>The marks of the packets that were processed, by instance, in order. Packets of an instance are marked from 0 on.</summary>
    public List<uint>[] Processed { get; } = [.. Enumerable.Range(0, Instances).Select(_ => new List<uint>())];

    /// <summary>A link that takes the place of an earlier one. It sends what that one handed back, and more.</summary>
    /// <param name="before">The one that ended.</param>
    /// <param name="bundles">New ones.</param>
    public async Task<LinkPair> Begin(long epoch, LinkPair? before, int bundles)
    {
        LinkLastWords? words = null;
        if (before is not null) Assert.True(before.Receiver.TryTakeLastWords(out words));
        var (dialled, accepted) = await LinkPair.Greet(Terms, epoch, words);
        if (before is not null) TakeBack(before, epoch - 1, dialled.LastWords);
        Make(bundles);
        (_sendersClock, _receiversClock) = (new HandClock(), new HandClock());
        _targets.Add(new LinkTarget((instance, bundle) => _came.Enqueue((instance, bundle))));
        var pair = LinkPair.Start(
            dialled, accepted, _targets[^1], new LinkOptions { Clock = _sendersClock }, new LinkOptions { Clock = _receiversClock, BundlePackets = 8 });
        for (var i = 0; i < Instances; i++)
        {
            var lane = pair.Sender.OpenLane(i, Accounts[i], needed);
            while (_toSend[i].TryDequeue(out var bundle)) LinkPair.Send(lane, bundle);
        }

        return pair;
    }

    /// <summary>Breaks the link after so many parts of bundles were processed, and the consumers come upon the rest.</summary>
    public void Break(LinkPair pair, int after)
    {
        for (var parts = 0; parts < after; parts++) Patiently.Await(TryConsume);
        var how = _chance.Below(3);
        if (how == 0) _receiversClock.Move(TimeSpan.FromSeconds(5));
        else if (how == 1) pair.Receiver.Dispose();
        else _sendersClock.Move(TimeSpan.FromSeconds(5));
        Patiently.Await(() =>
        {
            TryConsume();
            return pair.Receiver.Ending is not null && _came.IsEmpty;
        });
        while (_held.Count > 0) Settle();
    }

    /// <summary>Consumes until nothing is in flight.</summary>
    public void Finish(LinkPair pair) =>
        Patiently.Await(
            () =>
            {
                if (!TryConsume() && _held.Count > 0) Settle();
                return pair.Sender.PacketsInFlight == 0 && Accounts.All(a => a.Held == default);
            },
            () => $"{pair.Sender.PacketsInFlight} in flight, {string.Join(", ", Accounts.Select(a => a.Held))} held; {pair.Sender.Ending} {pair.Receiver.Ending}");

    /// <summary>What consumers said on the other node, over all links.</summary>
    public long Delivered(int instance) => Targets(instance).Sum(a => a.DeliveredTally.Packets);

    public long Dropped(int instance, DropReason reason) => Targets(instance).Sum(a => a.DroppedTally(reason).Packets);

    private void Make(int bundles)
    {
        for (; bundles > 0; bundles--)
        {
            var to = _chance.Below(Instances);
            var bundle = make(Accounts[to], _chance);
            foreach (ref var packet in bundle.Packets) packet.Mark = _made[to]++;
            Made[to] = Made[to].Plus(bundle.Count, bundle.Bytes);
            _toSend[to].Enqueue(bundle);
        }
    }

    private IEnumerable<PacketAccount> Targets(int instance) =>
        _targets.Where(t => t.Accounts.ContainsKey(instance)).Select(t => t.Accounts[instance]);

    private void TakeBack(LinkPair before, long epoch, LinkLastWords? words)
    {
        Assert.NotNull(words);
        Assert.True(words.IsSettled);
        before.Sender.Close((instance, bundle) => _toSend[instance].Enqueue(bundle), words);
        Assert.All(Enum.GetValues<LinkRefusal>(), r => Assert.Equal(0, before.Sender.Counters.Refused(r)));

        // Where nothing came over a link, the words are about an earlier one, and all is handed back.
        Assert.Equal(words.Epoch == epoch ? 1 : 0, before.Sender.Counters.LastWords);
        Assert.True(words.Epoch == epoch || before.Receiver.Counters.Packets == 0);
        Assert.Equal(0, before.Sender.PacketsInFlight);
        for (var i = 0; i < Instances; i++)
        {
            // Whatever was processed has its outcome, and the rest is back.
            Assert.Equal(Processed[i].Count, LinkOutcomeTests.Ended(Accounts[i]).Packets);
            Assert.Equal(default, Accounts[i].Held);
            var back = _toSend[i].Aggregate(default(PacketTally), (sum, b) => sum.Plus(b.Count, b.Bytes));
            Assert.Equal(Made[i] - back, LinkOutcomeTests.Ended(Accounts[i]));
        }
    }

    private bool TryConsume()
    {
        if (!_came.TryDequeue(out var one)) return false;
        var bundle = one.Bundle;
        if (bundle.IsLeaseValid)
        {
            foreach (ref readonly var packet in bundle.Packets) Processed[one.Instance].Add(packet.Mark);
            Sort(bundle);
        }
        else
        {
            Assert.True(bundle.SettleNotProcessed());
        }

        bundle.Dispose();
        return true;
    }

    private void Sort(PageBundle bundle)
    {
        var some = _chance.Below(bundle.Count);
        var bytes = 0L;
        foreach (ref readonly var packet in bundle.Packets[..some]) bytes += packet.CapturedLength;
        switch (_chance.Below(4))
        {
            case 0:
                bundle.SettleDropped(_chance.Of<DropReason>(Reasons));
                break;
            case 1:
                bundle.Reject(_chance.Of<DropReason>(Reasons), some, bytes);
                break;
            case 2:
                bundle.Hold(some, bytes);
                _held.Add((bundle.Account, some, bytes));
                break;
        }
    }

    private void Settle()
    {
        var (account, packets, bytes) = _held[^1];
        _held.RemoveAt(_held.Count - 1);
        if (_chance.OneIn(2)) account.HeldDelivered(packets, bytes);
        else account.HeldDropped(_chance.Of<DropReason>(Reasons), packets, bytes);
    }
}
