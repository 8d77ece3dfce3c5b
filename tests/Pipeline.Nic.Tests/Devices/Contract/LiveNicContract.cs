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
        Assert.Equal(ReceiveStatus.Empty, reader.HoldAll());
        device.Send(packets[10..]);
        reader.ReceiveUntil(() => reader.Packets.Count == 20);

        Assert.Equal(packets, reader.Packets);
    }

    /// <summary>A queue can pause with packets left, such as after a bundle of nothing but packets that are too long.</summary>
    [ContractFact]
    public void Who_waits_itself_and_asks_again_while_packets_are_there_is_woken_again()
    {
        using var device = OpenLive();
        using var reader = new QueueReader(device.Queue);
        using var descriptors = new DescriptorSet();
        Assert.True(device.Queue.TryOpen());
        Assert.NotEqual(ReceiveStatus.Received, reader.HoldAll());
        DescriptorSet.OfThisThread = descriptors;
        try
        {
            device.Send(Packets(3));
            for (var time = 0; time < 3; time++) Assert.True(IsWoken(device.Queue, descriptors), $"time {time + 1}");
        }
        finally
        {
            DescriptorSet.OfThisThread = null;
        }

        reader.ReceiveUntil(() => reader.Packets.Count == 3);
    }

    private static bool IsWoken(INicQueue queue, DescriptorSet descriptors)
    {
        var isWoken = false;
        var due = new List<Action>();
        queue.WakeWhenReady(() => Volatile.Write(ref isWoken, true));
        return SpinWait.SpinUntil(Looked, QueueReader.Patience);

        bool Looked()
        {
            descriptors.Wait(waits: false, due);
            foreach (var wake in due) wake();
            due.Clear();
            return Volatile.Read(ref isWoken);
        }
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
