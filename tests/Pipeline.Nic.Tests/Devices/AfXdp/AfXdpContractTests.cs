using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.AfXdp;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Tests.Devices.Contract;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.AfXdp;

[Needs(Need.Root)]
public sealed class AfXdpNativeContractTests : AfXdpContractTests
{
    private protected override XdpMode Mode => XdpMode.Native;
}

[Needs(Need.Root)]
public sealed class AfXdpGenericContractTests : AfXdpContractTests
{
    private protected override XdpMode Mode => XdpMode.Generic;
}

public abstract class AfXdpContractTests : LiveNicContract
{
    private protected abstract XdpMode Mode { get; }

    private protected override DeviceUnderTest Open(IReadOnlyList<byte[]> packets) => new OnXdp(Mode);

    /// <summary>With a rule, which is in force again when the interface is back.</summary>
    private protected override LiveUnderTest OpenLive() => new OnXdp(Mode, "rule a match 0:00:00 mark 1");

    [ContractFact]
    public void Taken_packets_carry_mark_and_generation_and_the_others_stay_with_the_kernel_and_are_counted()
    {
        using var device = new OnXdp(Mode, "rule odd match 17:01:01 mark 1");
        using var reader = new QueueReader(device.Queue);
        var packets = Packets(20);

        device.Send(packets);
        while (reader.Packets.Count < 10) reader.Receive();

        Assert.Equal(packets.Where((_, i) => i % 2 == 1), reader.Packets);
        Assert.Equal(new PacketTally(10, packets.Where((_, i) => i % 2 == 0).Sum(p => p.Length)), device.Xdp.Offload.PassedFrom(0));
        foreach (var bundle in reader.Held)
        {
            Assert.Equal((1, 1), (bundle.Generation, ((MarkedByDevice)bundle.MarkedBy!).Rules));
            foreach (ref readonly var packet in bundle.Packets)
                Assert.Equal((1u, 1, PacketFlags.MarkedByDevice), (packet.Mark, packet.Rule, packet.Flags));
        }
    }

    [ContractFact]
    public void A_bundle_has_packets_of_one_generation_and_none_is_lost_when_rules_change()
    {
        using var device = new OnXdp(Mode, "rule a match 0:00:00 mark 1");
        using var reader = new QueueReader(device.Queue);
        var packets = Packets(20);

        device.Send(packets[..10]);
        device.Load("rule a match 0:00:00 mark 0x101", generation: 2);
        device.Send(packets[10..]);
        while (reader.Packets.Count < 20) reader.Receive();

        Assert.Equal(packets, reader.Packets);
        Assert.Equal([1, 2], reader.Held.Select(b => b.Generation).Distinct());
        foreach (var bundle in reader.Held)
        {
            foreach (ref readonly var packet in bundle.Packets) Assert.Equal(bundle.Generation == 1 ? 1u : 0x101, packet.Mark);
        }
    }

    [ContractFact]
    public void What_an_earlier_generation_passed_stays_counted_and_is_final_when_the_next_is_in_force()
    {
        using var device = new OnXdp(Mode, "rule a match 0:00:00 mark 2");
        var counts = new PacketTally[2];
        device.Send(Packets(10));
        Assert.True(SpinWait.SpinUntil(() => device.Xdp.Offload.PassedFrom(0).Packets == 10, TimeSpan.FromSeconds(10)));
        var second = device.Load("rule a match 0:00:00 mark 2", generation: 2).Passed!;

        device.Send(Packets(5));
        Assert.True(SpinWait.SpinUntil(() => device.Xdp.Offload.PassedFrom(0).Packets == 15, TimeSpan.FromSeconds(10)));

        second.ReadCounts(counts);
        Assert.Equal((false, 5), (second.IsFinal, counts[1].Packets));
        device.Xdp.Dispose();
        second.ReadCounts(counts);
        Assert.Equal((true, 5, 15), (second.IsFinal, counts[1].Packets, device.Xdp.Offload.PassedFrom(0).Packets));
    }

    [ContractFact]
    public void A_queue_that_another_socket_holds_is_refused_by_name_and_nothing_stays_attached()
    {
        using var device = new OnXdp(Mode);
        device.Xdp.Attachment.DetachFrom(device.Wire.Index);

        var refusal = Assert.Throws<UnavailableException>(() => AfXdpNic.Open(device.Wire.Near, new AfXdpOptions { Mode = Mode }));

        Assert.StartsWith($"queue {device.Wire.Near}:0 is held by another AF_XDP socket", refusal.Message);
        Assert.DoesNotContain("xdp", Tool.Run("ip", "-d", "link", "show", "dev", device.Wire.Near).Output);
    }

    [ContractFact]
    public void Where_there_is_no_room_for_its_pages_nothing_stays_attached()
    {
        using var wire = new VethWire();

        Assert.Throws<ArgumentException>(
            () => AfXdpNic.Open(wire.Near, new AfXdpOptions { Mode = Mode, PageBytes = 1 << 16, Pages = 1 << 17 }));

        Assert.DoesNotContain("xdp", Tool.Run("ip", "-d", "link", "show", "dev", wire.Near).Output);
    }

    [ContractFact]
    public void It_opens_again_as_soon_as_it_was_closed()
    {
        using var wire = new VethWire();
        for (var i = 0; i < 5; i++) AfXdpNic.Open(wire.Near, new AfXdpOptions { Mode = Mode, Pages = 512 }).Dispose();
    }

    [ContractFact]
    public void A_rule_that_the_kernel_cannot_run_is_refused_and_the_last_rules_stay()
    {
        using var device = new OnXdp(Mode, "rule a match 0:00:00 mark 1");
        using var reader = new QueueReader(device.Queue);
        var rules = string.Join('\n', Enumerable.Range(0, 600).Select(i => $"rule r{i} match {i / 10}:ff:{i % 10:x2} mark {i}"));

        var refusal = Assert.Throws<Nic.Rules.Ebpf.XdpException>(() => device.Load(rules, generation: 2));
        Assert.StartsWith("rule 'r564' cannot run in the kernel: more than 56 tuples", refusal.Message);
        device.Send(Packets(3));
        while (reader.Packets.Count < 3) reader.Receive();

        Assert.Equal(1, reader.Held[^1].Generation);
    }
}
