using System.Buffers.Binary;
using System.Net.Sockets;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.AfPacket;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Tests.Devices.Contract;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.AfPacket;

/// <summary>What the kernel says about a packet beside its bytes, and about packets that it dropped.</summary>
[Needs(Need.Root)]
public sealed class KernelSaysTests
{
    private const int TransportAt = 34;

    [ContractFact]
    public void A_checksum_that_is_not_computed_yet_is_told_and_the_bytes_are_as_the_kernel_has_them()
    {
        using var device = new OnVeth();
        using var reader = new QueueReader(device.Queue);
        var packet = Flows.Of(1, packetsEach: 1)[0];

        SendOffloaded(device.Wire, packet, checksumOffset: 6);
        device.Send([packet]);
        ReadTo(reader, 2);

        Assert.Equal([packet, packet], reader.Packets);
        Assert.Equal([true, false], reader.Held.SelectMany(Pending));
    }

    [ContractFact]
    public void A_super_packet_is_whole_where_a_block_has_room_for_it()
    {
        using var device = new OnVeth(new AfPacketOptions { BlockBytes = 128 * 1024, Blocks = 4 });
        using var reader = new QueueReader(device.Queue);
        var packet = SuperPacket();

        SendOffloaded(device.Wire, packet, checksumOffset: 16, segmentBytes: 1448);
        ReadTo(reader, 1);

        Assert.Equal([packet], reader.Packets);
        Assert.Equal(0, ((AfPacketQueue)device.Queue).Cut);
    }

    [ContractFact]
    public void A_super_packet_that_a_block_has_no_room_for_is_cut_and_told()
    {
        using var device = new OnVeth();
        using var reader = new QueueReader(device.Queue);
        var packet = SuperPacket();

        SendOffloaded(device.Wire, packet, checksumOffset: 16, segmentBytes: 1448);
        ReadTo(reader, 1);

        var descriptor = reader.Held.SelectMany(b => b.Packets.ToArray()).Single();
        Assert.Equal(packet.Length, (int)descriptor.WireLength);
        Assert.InRange(descriptor.CapturedLength, 16_000, 16 * 1024);
        Assert.Equal(packet[..descriptor.CapturedLength], reader.Packets.Single());
        Assert.Equal(1, ((AfPacketQueue)device.Queue).Cut);
    }

    [TheoryThatNeeds(Need.Root)]
    [InlineData(false)]
    [InlineData(true)]
    public void Times_are_the_kernels_where_the_interface_has_no_clock_whatever_was_asked_for(bool hardware)
    {
        using var device = new OnVeth(OnVeth.Small with { HardwareTimestamps = hardware });
        using var reader = new QueueReader(device.Queue);
        var before = DateTimeOffset.UtcNow;

        device.Send(Flows.Of(1, packetsEach: 1));
        ReadTo(reader, 1);

        var time = reader.Held.SelectMany(b => b.Packets.ToArray()).Single().TimestampNanoseconds;
        Assert.InRange(time / 1_000_000, before.ToUnixTimeMilliseconds() - 1, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() + 1);
        Assert.Equal(0, ((AfPacketQueue)device.Queue).HardwareStamped);
    }

    [ContractFact]
    public void That_the_kernel_found_its_ring_full_is_counted_with_what_it_dropped_meanwhile()
    {
        using var device = new OnVeth();
        using var reader = new QueueReader(device.Queue);

        device.Send(Flows.Of(1, packetsEach: 5000));
        reader.ReadLosses();

        Assert.InRange(((AfPacketQueue)device.Queue).Freezes, 1, 5000);
        Assert.InRange(reader.Account.Lost(DeviceLoss.KernelDrops), 1, 5000);
    }

    [ContractFact]
    public void What_the_interface_dropped_since_it_was_opened_is_told_once()
    {
        using var device = new OnVeth(OnVeth.Small with { Queues = 2 });
        using var first = new QueueReader(device.Nic.Queues[0]);
        using var second = new QueueReader(device.Nic.Queues[1]);
        device.Wire.InFar("ip", "link", "set", VethWire.Far, "mtu", "9000");

        // The near end takes no packets that are longer than its own MTU. The sender is told that there was no room.
        for (var i = 0; i < 3; i++) Assert.Throws<SocketException>(() => device.Wire.Send(new byte[3000]));
        foreach (var queue in device.Nic.Queues) queue.Drain();
        first.ReadLosses();
        second.ReadLosses();
        first.ReadLosses();

        Assert.Equal((3, 0), (first.Account.Lost(DeviceLoss.InterfaceDrops), second.Account.Lost(DeviceLoss.InterfaceDrops)));
    }

    private static IEnumerable<bool> Pending(PageBundle bundle) =>
        bundle.Packets.ToArray().Select(p => p.Has(PacketFlags.ChecksumPending));

    private static void ReadTo(QueueReader reader, int packets) =>
        Assert.True(SpinWait.SpinUntil(() => reader.HoldAll() != ReceiveStatus.Empty || reader.Packets.Count >= packets, TimeSpan.FromSeconds(30)));

    /// <summary>TCP over IPv4, with the sum of its pseudo header in place of a checksum.</summary>
    private static byte[] SuperPacket()
    {
        const int Length = 60_000;
        var packet = new byte[Length];
        Convert.FromHexString("020000000001020000000002" + "0800" + "4500000000000000" + "40060000" + "0a0000010a000002").CopyTo(packet, 0);
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(16), Length - 14);
        Convert.FromHexString("1000005000000001000000005010ffff00000000").CopyTo(packet, TransportAt);
        for (var i = TransportAt + 20; i < Length; i++) packet[i] = (byte)(i * 7);
        return packet;
    }

    /// <summary>Sends as a stack does that leaves the checksum, and cutting into segments, to others (struct virtio_net_hdr, linux/virtio_net.h).</summary>
    private static void SendOffloaded(VethWire wire, byte[] packet, ushort checksumOffset, ushort segmentBytes = 0)
    {
        var header = new byte[10];
        header[0] = 1; // VIRTIO_NET_HDR_F_NEEDS_CSUM
        header[1] = segmentBytes == 0 ? (byte)0 : (byte)1; // VIRTIO_NET_HDR_GSO_TCPV4
        WriteNative(header, 2, segmentBytes == 0 ? (ushort)0 : (ushort)(TransportAt + 20));
        WriteNative(header, 4, segmentBytes);
        WriteNative(header, 6, TransportAt);
        WriteNative(header, 8, checksumOffset);
        using var socket = wire.FarSocket();
        socket.SetRawSocketOption(263, 15, BitConverter.GetBytes(1)); // SOL_PACKET, PACKET_VNET_HDR
        socket.Send([.. header, .. packet]);
    }

    private static void WriteNative(byte[] header, int at, ushort value) => BitConverter.TryWriteBytes(header.AsSpan(at), value);
}
