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
    public void A_loss_is_over_when_nothing_more_was_lost_for_ten_seconds()
    {
        Drop(3);
        Look(0);
        Drop(4);
        Look(20);
        Assert.Empty(Look(29));

        var over = Assert.Single(_watch.Look(_ledger.Read(), Start.AddSeconds(30)));

        Assert.Equal(
            (PipelineEventKind.LossEnded, "handler", "no more packets are lost (share-exceeded): 7 in 20 s", 7L, "share-exceeded", TimeSpan.FromSeconds(20)),
            (over.Kind, over.Where, over.Words, over.Packets, over.Reason, over.Lasted));
    }

    [Fact]
    public void A_loss_that_has_ended_is_not_told_again()
    {
        Drop(3);
        Look(0);
        Look(10);

        Assert.Empty(Look(600));
    }

    [Fact]
    public void A_loss_after_one_that_has_ended_is_told_at_once_and_counts_by_itself()
    {
        Drop(3);
        Look(0);
        Look(10);
        Drop(5);

        Assert.Equal([("handler", "5 packets were dropped (share-exceeded)")], Look(11));
        Assert.Equal([("handler", "no more packets are lost (share-exceeded): 5 within a second")], Look(21));
    }

    [Fact]
    public void At_the_end_of_a_run_every_loss_ends_and_what_was_not_told_is_told()
    {
        Drop(3);
        Look(0);
        Drop(2);
        _handler.Dropped(DropReason.Shutdown, 1, 64);

        Assert.Equal(
            ["1 packets were dropped (shutdown)", "no more packets are lost (share-exceeded): 5 in 5 s", "no more packets are lost (shutdown): 1 within a second"],
            _watch.End(_ledger.Read(), Start.AddSeconds(5)).Select(e => e.Words));
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

    private List<(string, string)> Look(int seconds) => [.. _watch.Look(_ledger.Read(), Start.AddSeconds(seconds)).Select(e => (e.Where, e.Words))];
}
