using Pipeline.Nic.Accounts;
using Pipeline.Nic.Links;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Links;

/// <summary>The two threads of a link allocate nothing once they are warm.</summary>
public class LinkAllocationTests
{
    private const int MostRounds = 12;

    [Fact]
    public async Task Neither_thread_allocates_for_frames_bundles_packets_or_acknowledgements()
    {
        using var origin = new LinkOrigin(pages: 8192);
        using var pair = await LinkPair.Start(LinkTarget.Disposing());
        var accounts = new[] { new PacketAccount("a", AccountKind.Consumer), new PacketAccount("b", AccountKind.Consumer) };
        var lanes = accounts.Select((a, i) => pair.Sender.OpenLane(i, a)).ToArray();

        // The runtime allocates too, when it compiles a method anew; what a frame allocates is there in every round.
        var (sender, receiver) = (1L, 1L);
        for (var round = 0; round < MostRounds && sender + receiver > 0; round++)
        {
            var before = (pair.Sender.Allocated, pair.Receiver.Allocated);
            Send(origin, lanes, bundles: 500);
            pair.AwaitRest(origin.Pool, accounts);
            AwaitSleep(pair);
            (sender, receiver) = (pair.Sender.Allocated - before.Item1, pair.Receiver.Allocated - before.Item2);
        }

        Assert.Equal((0, 0), (sender, receiver));
        Assert.True(pair.Sender.Counters.Frames > 20);
    }

    private static void Send(LinkOrigin origin, LinkLane[] lanes, int bundles)
    {
        var chance = new Chance(3);
        for (var i = 0; i < bundles; i++)
        {
            var lane = lanes[i % lanes.Length];
            LinkPair.Send(lane, origin.Bundle(lane.Account, NicInterface.Unknown, chance, 32, () => chance.Below(1500)));
        }
    }

    /// <summary>Both threads have said how much they allocated since the last frame: they say so before they sleep, and before they ping.</summary>
    private static void AwaitSleep(LinkPair pair)
    {
        var (sender, receiver) = (pair.Sender.Counters.Pings, pair.Receiver.Counters.Pings);
        Patiently.Await(() => pair.Sender.Counters.Pings > sender && pair.Receiver.Counters.Pings > receiver);
    }
}
