using Pipeline.Nic.Devices;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.Contract;

/// <summary>What every device on an interface of this machine promises besides: the interface can go and come back.</summary>
public abstract class LiveNicContract : NicQueueContract
{
    private protected abstract LiveUnderTest OpenLive();

    private protected override DeviceUnderTest Open(IReadOnlyList<byte[]> packets) => OpenLive();

    [ContractFact]
    public void While_the_interface_is_down_it_says_so_and_goes_on_when_it_is_up_again() => GoesOnAfter(
        device => device.SetUp(false), device => $"{device.Interface} is down", device => device.SetUp(true));

    [ContractFact]
    public void An_interface_that_is_deleted_and_made_anew_is_read_again() => GoesOnAfter(
        device => device.Delete(), device => $"there is no interface {device.Interface}", device => device.Make());

    [ContractFact]
    public void One_that_went_to_another_namespace_and_is_back_before_anybody_looks_is_read_again()
    {
        using var device = OpenLive();
        if (device.MoveAwayAndBack is not { } moveAwayAndBack) return;
        using var reader = new QueueReader(device.Queue);
        var packets = Packets(20);
        Assert.True(device.Queue.TryOpen());
        device.Send(packets[..10]);
        reader.ReceiveUntil(() => reader.Packets.Count == 10);

        moveAwayAndBack();

        // At the first look a device can be as empty as at every pause. Such a pause ends at once, with another look.
        Assert.Equal(ReceiveStatus.Empty, reader.HoldAll());
        Assert.Equal(ReceiveStatus.Empty, reader.HoldAll());
        device.Send(packets[10..]);
        reader.ReceiveUntil(() => reader.Packets.Count == 20);

        Assert.Equal(packets, reader.Packets);
    }

    private void GoesOnAfter(Action<LiveUnderTest> takeAway, Func<LiveUnderTest, string> trouble, Action<LiveUnderTest> bringBack)
    {
        using var device = OpenLive();
        using var reader = new QueueReader(device.Queue);
        var packets = Packets(20);
        Assert.True(device.Queue.TryOpen());
        device.Send(packets[..10]);
        reader.ReceiveUntil(() => reader.Packets.Count == 10);

        takeAway(device);
        Assert.Equal(ReceiveStatus.Down, reader.ReceiveUntil(() => false));
        Assert.Equal(trouble(device), device.Queue.Trouble);
        Assert.False(device.Queue.TryOpen());
        bringBack(device);
        Assert.True(device.Queue.TryOpen());
        device.Send(packets[10..]);
        reader.ReceiveUntil(() => reader.Packets.Count == 20);

        Assert.Null(device.Queue.Trouble);
        Assert.Equal(packets, reader.Packets);
    }
}
