using CsCheck;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Xunit;

namespace Pipeline.Nic.Tests.Pages;

/// <summary>What a consumer may say of the packets in its batch, and what of it reaches the books.</summary>
public sealed class SortedPacketsTests : IDisposable
{
    private readonly OnePacketPages _pages = new(pages: 32, bundlePackets: 4);
    private readonly NicInterface _eth0 = new(0, "eth0", LinkType.Ethernet, 0);
    private readonly PacketAccount _account = new("handler", AccountKind.Consumer);

    public void Dispose() => _pages.Dispose();

    [Fact]
    public void Packets_of_one_batch_are_rejected_for_several_reasons()
    {
        var bundle = Receive(10, 20, 30, 40);
        var batch = new PacketBatch(bundle);
        batch.Reject(DropReason.TxFull, 1, 10);
        batch.Reject(DropReason.OutputError, 1, 20);
        batch.Reject(DropReason.TxFull, 1, 30);

        bundle.Dispose();

        Assert.Equal(
            (new PacketTally(1, 40), new PacketTally(2, 40), new PacketTally(1, 20)),
            (_account.DeliveredTally, _account.DroppedTally(DropReason.TxFull), _account.DroppedTally(DropReason.OutputError)));
        Assert.Equal(3, _eth0.Dropped);
    }

    [Fact]
    public void What_was_said_of_one_batch_is_not_said_of_the_next_in_the_same_bundle()
    {
        var first = Receive(10, 20);
        new PacketBatch(first).Reject(DropReason.TxFull, 2, 30);
        first.Dispose();

        var later = Enumerable.Range(0, 100).Select(_ => Delivered(10, 20)).ToList();

        Assert.Contains(first, later);
        Assert.Equal((new PacketTally(200, 3_000), new PacketTally(2, 30)), (_account.DeliveredTally, _account.DroppedTally(DropReason.TxFull)));
    }

    [Theory]
    [InlineData(DropReason.TxFull, 4, 60)]
    [InlineData(DropReason.TxFull, 1000, 100_000)]
    [InlineData(DropReason.TxFull, long.MaxValue, long.MaxValue)]
    [InlineData(DropReason.TxFull, -5, -5)]
    [InlineData(DropReason.TxFull, long.MinValue, 0)]
    [InlineData(DropReason.TxFull, 1, -1)]
    [InlineData(DropReason.TxFull, 1, 61)]
    [InlineData(DropReason.TxFull, 0, 1)]
    [InlineData(DropReason.TxFull, 3, 59)]
    [InlineData((DropReason)99, 1, 10)]
    [InlineData((DropReason)(-1), 1, 10)]
    public void What_cannot_be_rejected_is_refused_and_changes_nothing(DropReason reason, long packets, long bytes)
    {
        var bundle = Receive(10, 20, 30);

        Assert.ThrowsAny<ArgumentException>(() => new PacketBatch(bundle).Reject(reason, packets, bytes));

        bundle.Dispose();
        Assert.Equal(new PacketTally(3, 60), _account.DeliveredTally);
    }

    [Fact]
    public void No_packet_is_rejected_and_held()
    {
        var bundle = Receive(10, 20, 30);
        new PacketBatch(bundle).Hold(2, 30);

        Assert.ThrowsAny<ArgumentException>(() => new PacketBatch(bundle).Reject(DropReason.TxFull, 2, 50));
        new PacketBatch(bundle).Reject(DropReason.TxFull, 1, 30);

        bundle.Dispose();
        Assert.Equal((default, new PacketTally(2, 30), new PacketTally(1, 30)), (_account.DeliveredTally, _account.Held, _account.DroppedTally(DropReason.TxFull)));
    }

    [Fact]
    public void A_bundle_that_was_settled_by_others_takes_no_more_words()
    {
        var bundle = Receive(10, 20);
        bundle.SettleDropped(DropReason.Shutdown);

        new PacketBatch(bundle).Reject(DropReason.TxFull, 1, 10);
        new PacketBatch(bundle).Hold(1, 10);

        bundle.Dispose();
        Assert.Equal((default, default, new PacketTally(2, 30)), (_account.Held, _account.DroppedTally(DropReason.TxFull), _account.DroppedTally(DropReason.Shutdown)));
    }

    [Fact]
    public void A_descriptor_that_leads_out_of_the_memory_is_refused()
    {
        using var bundle = Receive(10);

        Assert.Throws<ArgumentOutOfRangeException>(() => new PacketBatch(bundle).BytesOf(new Packet { Offset = uint.MaxValue, CapturedLength = 60 }).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => new PacketBatch(bundle).BytesOf(new Packet { Offset = 0, CapturedLength = -1 }).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => new PacketBatch(bundle).BytesOf(new Packet { Offset = 0, CapturedLength = int.MaxValue }).Length);
        Assert.Equal(10, new PacketBatch(bundle).BytesOf(bundle.Packets[0]).Length);
    }

    /// <summary>Any words, in any order, and while another thread settles: every packet and byte has one fate.</summary>
    [Fact]
    public void Whatever_is_said_the_parts_add_up()
    {
        var word = Gen.Select(Gen.Int[0, 2], Gen.Int[-1, 14], Gen.Long[-1, 4], Gen.Long[-1, 100]);
        Gen.Select(word.Array[0, 8], Gen.Bool).Sample(sample =>
        {
            var (words, isDisturbed) = sample;
            var account = new PacketAccount("handler", AccountKind.Consumer);
            using var pages = new OnePacketPages(pages: 4, bundlePackets: 4);
            var bundle = pages.Receive(_eth0, account, new byte[10], new byte[20], [], new byte[30]);
            var settling = isDisturbed ? Task.Run(() => bundle.SettleDropped(DropReason.Shutdown)) : Task.CompletedTask;
            foreach (var (what, reason, packets, bytes) in words) Say(bundle, what, (DropReason)reason, packets, bytes);
            bundle.SettleDelivered();
            settling.Wait();
            bundle.Dispose();
            account.WriteOffHeld(DropReason.Shutdown);
            var all = Enum.GetValues<DropReason>().Aggregate(account.DeliveredTally, (sum, reason) => sum + account.DroppedTally(reason));
            return all == new PacketTally(4, 60) && pages.Pool.Outstanding == 0;
        }, iter: 500);
    }

    private static void Say(PageBundle bundle, int what, DropReason reason, long packets, long bytes)
    {
        try
        {
            var batch = new PacketBatch(bundle);
            if (what == 0) batch.Reject(reason, packets, bytes);
            else if (what == 1) batch.Hold(packets, bytes);
            else batch.Account.HeldDelivered(packets, bytes);
        }
        catch (ArgumentException)
        {
            // Refused: nothing was said.
        }
    }

    private PageBundle Delivered(params int[] sizes)
    {
        var bundle = Receive(sizes);
        bundle.Dispose();
        return bundle;
    }

    private PageBundle Receive(params int[] sizes) => _pages.Receive(_eth0, _account, [.. sizes.Select(size => new byte[size])]);
}
