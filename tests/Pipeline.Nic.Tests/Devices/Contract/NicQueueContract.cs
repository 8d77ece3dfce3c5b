using System.Buffers.Binary;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Pages;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.Contract;

/// <summary>What every device promises to whoever reads it. A backend's tests inherit it and say how to open one.</summary>
public abstract class NicQueueContract
{
    // All of them find room in the memory of the devices under test.
    private const int Few = 100;

    // More than that memory holds.
    private const int Many = 3000;

    /// <summary>A device that will carry these packets, in this order, and then end or fall silent. Its memory is small.</summary>
    private protected abstract DeviceUnderTest Open(IReadOnlyList<byte[]> packets);

    [ContractFact]
    public void Bytes_in_are_bytes_out()
    {
        var packets = Packets(Few);
        using var device = Open(packets);
        using var reader = new QueueReader(device.Queue);

        device.Send(packets);
        reader.ReceiveUntil(() => reader.Packets.Count == Few);

        Assert.Equal(packets, reader.Packets);
    }

    [ContractFact]
    public void What_was_sent_is_received_or_counted_as_lost_and_a_source_that_may_wait_loses_nothing()
    {
        var packets = Packets(Many);
        using var device = Open(packets);
        using var reader = new QueueReader(device.Queue);

        reader.HoldAll();
        device.Send(packets);
        reader.HoldAll();
        reader.ReadLosses();
        var receivedWhileHeld = reader.Packets.Count;
        reader.ReceiveUntil(() => reader.Packets.Count + reader.Lost + device.InterfaceDrops >= Many);
        reader.ReadLosses();

        Assert.True(receivedWhileHeld < Many, "its memory is not small enough for this test");
        Assert.Equal(Many, reader.Packets.Count + reader.Lost + device.InterfaceDrops);
        Assert.Equal(device.Nic.Traits.MayWait, reader.Lost + device.InterfaceDrops == 0);
    }

    [ContractFact]
    public void Pages_come_home_from_any_thread_and_in_any_order()
    {
        var packets = Packets(Few);
        using var device = Open(packets);
        using var reader = new QueueReader(device.Queue);
        device.Send(packets);
        reader.HoldAll();


        Parallel.ForEach(reader.Held.Reverse().ToList(), bundle => bundle.Dispose());

        reader.Forget();
        device.Nic.Dispose();
        Assert.Equal(0, device.Queue.Pool.Outstanding);
        Assert.Empty(device.Queue.Pool.Audit?.Leaks() ?? []);
    }

    [ContractFact]
    public void It_may_be_closed_at_any_moment_and_what_was_received_stays_readable()
    {
        for (var bundles = 0; bundles < 6; bundles++)
        {
            var packets = Packets(Few);
            using var device = Open(packets);
            using var reader = new QueueReader(device.Queue);
            device.Send(packets);
            for (var i = 0; i < bundles; i++) reader.Receive();

            device.Nic.Dispose();

            Assert.Equal(reader.Packets, reader.Held.SelectMany(BytesOf));
            Assert.Throws<ObjectDisposedException>(() => reader.Receive());
            reader.Release();
            Assert.Equal(0, device.Queue.Pool.Outstanding);
        }
    }

    [ContractFact]
    public void What_it_had_taken_and_nobody_received_is_lost_when_it_is_closed()
    {
        var packets = Packets(Few);
        using var device = Open(packets);
        if (!device.TakesAhead) return;
        using var reader = new QueueReader(device.Queue);
        Assert.True(device.Queue.TryOpen());
        device.Send(packets);
        reader.ReceiveUntil(() => reader.Packets.Count > 0);

        device.Nic.Dispose();
        reader.ReadLosses();

        Assert.Equal(Few, reader.Packets.Count + reader.Lost + device.InterfaceDrops);
    }

    [ContractFact]
    public void One_that_was_closed_can_be_opened_again()
    {
        var packets = Packets(Few);
        using (var first = Open(packets))
        {
            first.Send(packets[..10]);
        }

        using var device = Open(packets);
        using var reader = new QueueReader(device.Queue);
        device.Send(packets);
        reader.ReceiveUntil(() => reader.Packets.Count == Few);

        Assert.Equal(packets, reader.Packets);
    }

    [ContractFact]
    public void Closing_it_twice_does_no_harm()
    {
        using var device = Open(Packets(1));

        device.Nic.Dispose();
        device.Nic.Dispose();

        Assert.Equal(0, device.Queue.Pool.Outstanding);
    }

    [ContractFact]
    public void Drained_it_gives_out_what_it_had_taken_and_ends()
    {
        var packets = Packets(Few);
        using var device = Open(packets);
        using var reader = new QueueReader(device.Queue);
        Assert.True(device.Queue.TryOpen());
        device.Send(packets);
        reader.ReceiveUntil(() => reader.Packets.Count > 0);

        Assert.Equal(device.TakesAhead, device.Queue.Drain());
        if (!device.TakesAhead) return;

        device.Send(packets);
        Assert.Equal(ReceiveStatus.End, reader.ReceiveUntil(() => false));
        reader.ReadLosses();
        Assert.Equal(Few, reader.Packets.Count + reader.Lost + device.InterfaceDrops);
    }

    [ContractFact]
    public void Receiving_allocates_nothing_once_warm()
    {
        var packets = Packets(Few);
        using var device = Open(packets);
        using var reader = new QueueReader(device.Queue);
        device.Send(packets);
        var pool = new BundlePool(16);
        var account = new Accounts.PacketAccount("bare", Accounts.AccountKind.Consumer);

        Assert.Equal(0, Allocation.OnceWarm(() => Assert.True(ReceivesOne(device.Queue, pool, account))));
    }

    private protected static byte[][] Packets(int count) => [.. Enumerable.Range(0, count).Select(Packet)];

    /// <summary>Of different lengths, and with a number in it. IEEE gives its type to experiments (802.3, Local Experimental Ethertype 1).</summary>
    private static byte[] Packet(int number)
    {
        var packet = new byte[60 + (number * 37 % 1400)];
        byte[] head = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xb5];
        head.CopyTo(packet, 0);
        BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(head.Length), number);
        for (var i = head.Length + 4; i < packet.Length; i++) packet[i] = (byte)(number + i);
        return packet;
    }

    private static bool ReceivesOne(INicQueue queue, BundlePool bundles, Accounts.PacketAccount account)
    {
        using var bundle = bundles.Rent(queue.DeviceShare, account, Accounts.NicInterface.Unknown);
        return queue.Receive(bundle) == ReceiveStatus.Received;
    }

    private static IEnumerable<byte[]> BytesOf(PageBundle bundle)
    {
        var all = new List<byte[]>();
        foreach (ref readonly var packet in bundle.Packets) all.Add(bundle.BytesOf(packet).ToArray());
        return all;
    }
}
