using System.Buffers.Binary;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Tests.Devices.AfPacket;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.Contract;

/// <summary>What every transmitter on an interface promises, and what is needed to try it: pages, bundles, and an account of their fates.</summary>
public abstract class TransmitterContract : IDisposable
{
    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly NicInterface Ethernet = new(0, "eth0", LinkType.Ethernet, 0);

    private readonly PacketPagePool _pool = new("tx", 128 * 1024, 256, new PoolAudit());
    private readonly BundlePool _bundles = new(256);

    private protected PacketAccount Account { get; } = new("account", AccountKind.Consumer);

    /// <summary>Packets of the bundles settled so far.</summary>
    private protected (long Delivered, long Full, long Errors) Fates =>
        (Account.DeliveredTally.Packets, Account.DroppedTally(DropReason.TxFull).Packets, Account.DroppedTally(DropReason.OutputError).Packets);

    /// <summary>A transmitter on an interface of the usual MTU of 1500.</summary>
    private protected abstract ITransmitter OpenOne();

    public void Dispose()
    {
        RemoveWire();
        Assert.Equal(0, _pool.Outstanding);
        _pool.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected abstract void RemoveWire();

    [ContractFact]
    public void Packets_that_were_cut_and_packets_of_another_link_type_are_not_sent()
    {
        using var transmitter = OpenOne();
        var cut = Bundle([Sized(60), Sized(60)]);
        cut.Packets[0].WireLength = 61;
        var raw = Bundle([Sized(60)]);
        raw.Interface = new NicInterface(1, "tun0", LinkType.RawIp, 0);

        Assert.True(transmitter.TryTransmit(cut));
        Assert.True(transmitter.TryTransmit(raw));

        Assert.Equal((1, 0, 2), Fates);
        Assert.Contains($"{transmitter.Name}: 1 packets not sent: not captured whole", transmitter.Notes);
        Assert.Contains(transmitter.Notes, n => n.StartsWith($"{transmitter.Name}: 1 packets not sent: of another link type than", StringComparison.Ordinal));
    }

    [ContractFact]
    public void Sending_allocates_nothing_once_warm()
    {
        using var transmitter = OpenOne();
        var bundles = new Queue<PageBundle>(Enumerable.Range(0, 6).Select(_ => Bundle(Flows.Of(1, packetsEach: 10))));

        Assert.Equal(0, Allocation.OnceWarm(() => Assert.True(transmitter.TryTransmit(bundles.Dequeue()))));

        foreach (var left in bundles) left.Dispose();
    }

    private protected static byte[] Sized(int length, ushort type = 0x88b5)
    {
        var packet = new byte[length];
        packet[0] = packet[6] = 2;
        if (length >= 14) BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(12), type);
        return packet;
    }

    private protected PageBundle Bundle(byte[][] packets)
    {
        var bundle = _bundles.Rent(_pool.Device, Account, Ethernet);
        foreach (var bytes in packets)
        {
            Assert.True(_pool.TryRent(out var page));
            bytes.CopyTo(_pool.PageMemory(page));
            _pool.Device.Take(page, 1);
            bundle.Append(new Packet { Offset = _pool.OffsetOf(page), CapturedLength = bytes.Length, WireLength = (uint)bytes.Length });
        }

        return bundle;
    }
}
