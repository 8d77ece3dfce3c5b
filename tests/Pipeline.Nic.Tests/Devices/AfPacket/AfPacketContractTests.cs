using System.Diagnostics;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.AfPacket;
using Pipeline.Nic.Tests.Devices.Contract;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.AfPacket;

[Needs(Need.Root)]
public sealed class AfPacketContractTests : LiveNicContract
{
    private protected override LiveUnderTest OpenLive() => new OnVeth();

    [ContractFact]
    public void What_lay_in_the_ring_when_the_interface_went_is_received_before_that_is_told()
    {
        using var device = new OnVeth();
        using var reader = new QueueReader(device.Queue);
        var packets = Packets(10);
        device.Send(packets);

        device.Wire.Delete();

        Assert.Equal(ReceiveStatus.Down, reader.ReceiveUntil(() => false));
        Assert.Equal(packets, reader.Packets);
    }

    [ContractFact]
    public void What_lay_in_a_block_with_room_when_the_interface_went_is_received_before_that_is_told()
    {
        using var device = new OnVeth(blockTimeout: TimeSpan.FromSeconds(2));
        using var reader = new QueueReader(device.Queue);
        var packets = Packets(10);
        device.Send(packets);

        device.Wire.Delete();

        Assert.Equal(ReceiveStatus.Down, reader.ReceiveUntil(() => false));
        Assert.Equal(packets, reader.Packets);
    }

    [ContractFact]
    public void An_interface_that_has_another_name_now_is_not_read()
    {
        using var device = new OnVeth();
        using var reader = new QueueReader(device.Queue);
        device.Wire.Rename($"{device.Wire.Near}o");
        Assert.Equal(ReceiveStatus.Down, reader.ReceiveUntil(() => false));

        device.Send(Packets(10));
        device.Queue.Drain();

        Assert.Equal(ReceiveStatus.End, reader.ReceiveUntil(() => false));
        Assert.Empty(reader.Packets);
    }

    [ContractFact]
    public void An_interface_that_has_another_name_now_is_not_promiscuous_any_more()
    {
        const int Promiscuous = 0x100; // IFF_PROMISC, linux/if.h
        using var device = new OnVeth();
        var renamed = $"{device.Wire.Near}o";

        device.Wire.GiveNameAway(renamed);
        Assert.True(device.Queue.TryOpen());

        Assert.Equal(Promiscuous, FlagsOf(device.Wire.Near) & Promiscuous);
        Assert.Equal(0, FlagsOf(renamed) & Promiscuous);
    }

    [ContractFact]
    public void What_this_host_sends_is_not_received()
    {
        using var device = new OnVeth();
        using var reader = new QueueReader(device.Queue);

        device.Wire.SendOut(Packets(1)[0]);
        device.Send(Packets(2)[1..]);
        reader.ReceiveUntil(() => reader.Packets.Count > 0);

        Assert.Equal(Packets(2)[1..], reader.Packets);
    }

    [ContractFact]
    public void A_block_timeout_that_the_kernel_could_not_keep_is_refused() =>
        Assert.All(
            (double[])[-1, 0, 0.5, 60_001],
            ms => Assert.Throws<ArgumentOutOfRangeException>(
                () => AfPacketNic.Open("nosuch0", new AfPacketOptions { BlockTimeout = TimeSpan.FromMilliseconds(ms) })));

    [ContractFact]
    public void An_interface_that_is_not_there_is_told_by_name() =>
        Assert.Equal("there is no interface nosuch0", Assert.Throws<FileNotFoundException>(() => AfPacketNic.Open("nosuch0")).Message);

    [ContractFact]
    public void A_block_that_is_held_does_not_keep_the_reader_awake()
    {
        using var device = new OnVeth(blockTimeout: TimeSpan.FromSeconds(2));
        using var reader = new QueueReader(device.Queue);
        device.Send(Packets(1));
        reader.ReceiveUntil(() => reader.Receive() == ReceiveStatus.Received);

        // The kernel calls a ring readable while its last block is out: whoever waits for that is woken at once, and for nothing.
        var wakes = 0;
        var woken = new SemaphoreSlim(0); // Not disposed: a wake-up may come when nobody waits any more.
        for (var asleep = Stopwatch.StartNew(); asleep.Elapsed < TimeSpan.FromMilliseconds(500); wakes++)
        {
            device.Queue.WakeWhenReady(() => woken.Release());
            if (!woken.Wait(TimeSpan.FromMilliseconds(500))) break;
        }

        Assert.InRange(wakes, 0, 1);
    }

    [TheoryThatNeeds(Need.Root)]
    [InlineData("810060050800")]
    [InlineData("88a800078100000588b5")]
    [InlineData("8100000008060001")]
    public void A_tag_that_the_kernel_took_out_is_where_it_was_on_the_wire(string behindAddresses)
    {
        using var device = new OnVeth();
        using var reader = new QueueReader(device.Queue);
        var packet = Packets(1)[0];
        Convert.FromHexString(behindAddresses).CopyTo(packet, 12);

        device.Send([packet]);
        reader.ReceiveUntil(() => reader.Packets.Count > 0);

        Assert.Equal([packet], reader.Packets);
    }

    private static int FlagsOf(string name) => Convert.ToInt32(File.ReadAllText($"/sys/class/net/{name}/flags").Trim(), 16);
}
