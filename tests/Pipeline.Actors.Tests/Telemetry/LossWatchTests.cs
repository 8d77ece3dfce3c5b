using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Accounts;
using Xunit;

namespace Pipeline.Actors.Tests.Telemetry;

public sealed class LossWatchTests
{
    private static readonly DateTimeOffset Start = DateTimeOffset.UnixEpoch;

    private readonly Ledger _ledger = new();
    private readonly LossWatch _watch = new();
    private readonly PacketAccount _handler;

    public LossWatchTests() => _handler = _ledger.AddAccount("handler", AccountKind.Consumer);

    [Fact]
    public void While_nothing_is_lost_there_is_nothing_to_tell() => Assert.Empty(Look(0));

    [Fact]
    public void The_first_loss_is_told_at_once()
    {
        Drop(3);

        Assert.Equal([("handler", "3 packets were dropped (share-exceeded)")], Look(0));
    }

    [Fact]
    public void A_loss_that_goes_on_is_told_once_a_minute_with_what_came_since()
    {
        Drop(3);
        Look(0);
        Drop(5);
        Assert.Empty(Look(59));
        Drop(2);

        Assert.Equal([("handler", "7 packets were dropped (share-exceeded)")], Look(60));
    }

    [Fact]
    public void A_loss_that_has_ended_is_not_told_again()
    {
        Drop(3);
        Look(0);

        Assert.Empty(Look(600));
    }

    [Fact]
    public void What_a_device_lost_is_told_of_its_queue()
    {
        _ledger.AddQueue("eth0:0").CountLost(DeviceLoss.KernelDrops, 4);

        Assert.Equal([("eth0:0", "the device lost 4 packets (kernel-drops)")], Look(0));
    }

    [Fact]
    public void Another_reason_is_told_by_itself()
    {
        Drop(3);
        Look(0);
        _handler.Dropped(DropReason.ConsumerFailed, 1, 64);

        Assert.Equal([("handler", "1 packets were dropped (consumer-failed)")], Look(1));
    }

    [Fact]
    public void Copies_are_told_apart_from_packets()
    {
        _ledger.AddAccount("handler", AccountKind.Copy).Dropped(DropReason.ShareExceeded, 2, 128);

        Assert.Equal([("handler", "2 copies were dropped (share-exceeded)")], Look(0));
    }

    private void Drop(int packets) => _handler.Dropped(DropReason.ShareExceeded, packets, packets * 64);

    private List<(string, string)> Look(int seconds) => [.. _watch.Look(_ledger.Read(), Start.AddSeconds(seconds))];
}
