using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.AfXdp;
using Pipeline.Nic.Tests.Devices.Contract;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.AfXdp;

/// <summary>Every copy is read, or counted as lost.</summary>
public sealed class CopyAccountTests : CopyBench
{
    [FactThatNeeds(Need.Root)]
    public void While_nobody_reads_copies_are_lost_and_counted_and_the_packets_are_not()
    {
        const int packets = 8000;
        using var nic = Open(XdpMode.Native);
        Load(nic, All, generation: 1);
        var copies = new PacketAccount("copies", AccountKind.Copy);
        var account = new QueueAccount("copies", copies: copies);
        var big = new byte[1500];

        for (var i = 0; i < packets; i++) Wire.Send(big);
        Assert.True(SpinWait.SpinUntil(() => nic.Offload.PassedFrom(0).Packets == packets, Patience));
        using (var reader = new QueueReader(nic.Copies))
        {
            while (reader.Receive() == ReceiveStatus.Received) reader.Release();
            nic.Copies.ReadLosses(account);
            nic.Copies.ReadLosses(account);

            var lost = copies.DroppedTally(DropReason.SlowReader);
            Assert.Equal((packets, lost.Packets * 1500), (reader.Packets.Count + lost.Packets, lost.Bytes));
            Assert.InRange(lost.Packets, 1, packets - 1);
        }

        Assert.Equal(default, account.Received);
    }

    [TheoryThatNeeds(Need.Root)]
    [InlineData(XdpMode.Native)]
    [InlineData(XdpMode.Generic)]
    public void When_rules_change_each_copy_says_which_decided_and_those_of_earlier_ones_come_first(XdpMode mode)
    {
        using var nic = Open(mode);
        Load(nic, All, generation: 1);
        using var reader = new QueueReader(nic.Copies);
        using var flood = new CopyFlood(Wire, nic, Packets(0, 1)[0]);
        var latest = 1;

        for (var generation = 2; generation <= 20; generation++)
        {
            Load(nic, $"{All[..^1]}0x{(generation << 8) | 1:x}", generation);
            while (reader.Receive() == ReceiveStatus.Received) Check();
        }

        flood.Stop();
        nic.Copies.Drain();
        reader.ReceiveUntil(() => false);

        var lost = new PacketAccount("copies", AccountKind.Copy);
        nic.Copies.ReadLosses(new QueueAccount("copies", copies: lost));
        Assert.Equal(nic.Offload.PassedFrom(0).Packets, reader.Packets.Count + lost.DroppedTally(DropReason.SlowReader).Packets);
        Assert.Equal(flood.Sent, nic.Offload.PassedFrom(0).Packets);

        void Check()
        {
            foreach (var bundle in reader.Held)
            {
                Assert.InRange(bundle.Generation, latest, 20);
                latest = bundle.Generation;
                foreach (ref readonly var packet in bundle.Packets) Assert.Equal(latest == 1 ? 1u : ((uint)latest << 8) | 1, packet.Mark);
            }

            reader.Release();
        }
    }

    [FactThatNeeds(Need.Root)]
    public void Closed_at_any_moment_it_counts_what_nobody_read_and_what_was_received_stays_readable()
    {
        for (var bundles = 0; bundles < 6; bundles++)
        {
            using var nic = Open(XdpMode.Native);
            Load(nic, All, generation: 1);
            using var reader = new QueueReader(nic.Copies);
            foreach (var packet in Packets(0, 80)) Wire.Send(packet);
            Assert.True(SpinWait.SpinUntil(() => nic.Offload.PassedFrom(0).Packets == 80, Patience));
            for (var i = 0; i < bundles; i++) reader.Receive();

            nic.Dispose();

            reader.ReadLosses();
            Assert.Equal(80, reader.Packets.Count + reader.Lost);
            Assert.Equal(reader.Packets, reader.Held.SelectMany(b => b.Packets.ToArray().Select(p => b.BytesOf(p).ToArray())));
            Assert.Throws<ObjectDisposedException>(() => reader.Receive());
            reader.Release();
            Assert.Equal((0, 0), (nic.Copies.Pool.Outstanding, nic.Copies.Pool.Audit?.Leaks().Count ?? 0));
        }
    }
}
