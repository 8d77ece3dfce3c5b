using Pipeline.Nic.Accounts;
using Pipeline.Nic.Links;
using Pipeline.Nic.Pages;
using Xunit;

namespace Pipeline.Nic.Tests.Links;

/// <summary>What becomes of a bundle of which another node processed only a part.</summary>
public class BundleInPartTests
{
    private readonly PacketAccount _account = new("origin", AccountKind.Consumer);

    [Fact]
    public void Packets_of_a_bundle_whose_later_sections_were_not_sent_leave_it_and_the_rest_goes_back()
    {
        using var origin = new LinkOrigin();
        using var bell = new LinkBell();
        var lane = new LinkLane(0, _account, 30, long.MaxValue, bell, new LinkCounters());
        lane.TrySend(origin.Bundle(_account, 10, 100));
        lane.Collect();
        lane.Next(0, long.MaxValue, out _);
        lane.Advance(6);
        lane.Seal();

        Assert.Equal(LinkRefusal.Acknowledgement, lane.Check(new LastWordsRow(0, 0, 7, LinkLastWordsTests.Delivered(0))));
        var row = new LastWordsRow(0, 0, 4, LinkLastWordsTests.Delivered(3, bytes: 90));
        Assert.Equal(LinkRefusal.None, lane.Check(row));
        lane.Take(row);
        Assert.Equal((6, 6), (origin.Pool.Outstanding, lane.PacketsInFlight));
        Assert.Equal(new PacketTally(3, 300), _account.DeliveredTally);
        Assert.Equal(new PacketTally(1, 100), _account.Held);
        var back = new List<PageBundle>();
        lane.HandBack((_, bundle) => back.Add(bundle));

        Assert.Equal((6, 600), (back.Single().Count, back.Single().Bytes));
        Assert.Equal(new PacketTally(1, 100), _account.DroppedTally(DropReason.RemoteLost));
        Assert.Equal((default, 0), (_account.Held, lane.PacketsInFlight));
        back.Single().Dispose();
        Assert.Equal(new PacketTally(10, 1000), LinkOutcomeTests.Ended(_account));
        Assert.Equal(0, origin.Pool.Outstanding);
    }

    [Fact]
    public void Packets_that_a_stop_has_settled_are_not_counted_again_when_they_leave_their_bundle()
    {
        using var origin = new LinkOrigin();
        var bundle = origin.Bundle(_account, 10, 100);
        origin.Bundles.SettleAll(DropReason.Shutdown);

        Assert.False(bundle.ReleaseFirst(4, 400));
        Assert.Equal((6, 6), (bundle.Count, origin.Pool.Outstanding));
        bundle.Dispose();

        Assert.Equal(new PacketTally(10, 1000), _account.DroppedTally(DropReason.Shutdown));
        Assert.Equal((default, 0), (_account.Held, origin.Pool.Outstanding));
    }

    [Fact]
    public void A_bundle_of_this_nodes_own_devices_is_dropped_and_one_that_was_processed_in_part_is_not_discarded()
    {
        using var origin = new LinkOrigin();
        using (var own = origin.Bundle(_account, 3, 10)) Assert.True(own.SettleNotProcessed());
        Assert.Equal(new PacketTally(3, 30), _account.DroppedTally(DropReason.RemoteLost));

        using var parted = origin.Bundle(_account, 3, 10);
        parted.Reject(DropReason.OutputFull, 1, 10);
        Assert.Throws<InvalidOperationException>(() => parted.SettleNotProcessed());
    }
}
