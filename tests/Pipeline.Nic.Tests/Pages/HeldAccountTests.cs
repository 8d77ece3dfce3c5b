using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Xunit;

namespace Pipeline.Nic.Tests.Pages;

/// <summary>Packets that a consumer holds beyond its batch: what it may say of them, and when.</summary>
public sealed class HeldAccountTests : IDisposable
{
    private readonly OnePacketPages _pages = new(pages: 32, bundlePackets: 4);
    private readonly NicInterface _eth0 = new(0, "eth0", LinkType.Ethernet, 0);
    private readonly PacketAccount _account = new("handler", AccountKind.Consumer);

    public void Dispose() => _pages.Dispose();

    [Theory]
    [InlineData(4, 60)]
    [InlineData(-1, 0)]
    [InlineData(1, -1)]
    [InlineData(3, 10)]
    [InlineData(0, 60)]
    public void What_cannot_be_held_is_refused_and_changes_nothing(long packets, long bytes)
    {
        var bundle = Receive(10, 20, 30);

        Assert.ThrowsAny<ArgumentException>(() => new PacketBatch(bundle).Hold(packets, bytes));

        bundle.Dispose();
        Assert.Equal((new PacketTally(3, 60), default), (_account.DeliveredTally, _account.Held));
    }

    [Fact]
    public void Packets_that_are_held_may_be_settled_before_the_batch_is()
    {
        var bundle = Receive(10, 20, 30);
        var batch = new PacketBatch(bundle);
        batch.Hold(2, 30);
        batch.Account.HeldDelivered(1, 10);

        bundle.SettleDropped(DropReason.ConsumerFailed);
        bundle.Dispose();

        Assert.Equal(
            (new PacketTally(1, 10), new PacketTally(1, 20), new PacketTally(1, 30)),
            (_account.DeliveredTally, _account.Held, _account.DroppedTally(DropReason.ConsumerFailed)));
    }

    [Theory]
    [InlineData(3, 30)]
    [InlineData(-1, -10)]
    [InlineData(1, 31)]
    [InlineData(0, 1)]
    public void More_than_is_held_cannot_be_settled(long packets, long bytes)
    {
        var account = Held(10, 20);

        Assert.ThrowsAny<ArgumentException>(() => account.HeldDelivered(packets, bytes));
        Assert.ThrowsAny<ArgumentException>(() => account.HeldDropped(DropReason.SlowReader, packets, bytes));
        Assert.ThrowsAny<ArgumentException>(() => account.HeldDropped((DropReason)13, 1, 10));

        Assert.Equal((new PacketTally(2, 30), default(PacketTally)), (account.Held, _account.DeliveredTally));
    }

    [Fact]
    public void What_was_written_off_is_settled_once()
    {
        var account = Held(10, 20);
        _account.WriteOffHeld(DropReason.Shutdown);

        account.HeldDelivered(2, 30);
        account.HeldDropped(DropReason.SlowReader, 1, 1);
        _account.HeldDelivered(2, 30);
        _account.WriteOffHeld(DropReason.Shutdown);

        Assert.Equal((default, default, new PacketTally(2, 30)), (_account.Held, _account.DeliveredTally, _account.DroppedTally(DropReason.Shutdown)));
    }

    private HeldAccount Held(params int[] sizes)
    {
        var bundle = Receive(sizes);
        var batch = new PacketBatch(bundle);
        batch.Hold(batch.Count, batch.Bytes);
        var account = batch.Account;
        bundle.Dispose();
        return account;
    }

    private PageBundle Receive(params int[] sizes) => _pages.Receive(_eth0, _account, [.. sizes.Select(size => new byte[size])]);
}
