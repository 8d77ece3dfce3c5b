using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.AfPacket;
using Pipeline.Nic.Tests.Devices.Contract;
using Pipeline.TestSupport;

namespace Pipeline.Nic.Tests.Devices.AfPacket;

/// <summary>The near end of a veth pair, with a ring of 256 KiB for each queue.</summary>
internal sealed class OnVeth : LiveUnderTest
{
    public OnVeth(TimeSpan? blockTimeout = null)
        : this(blockTimeout is { } timeout ? Small with { BlockTimeout = timeout } : Small)
    {
    }

    public OnVeth(AfPacketOptions options) => Nic = AfPacketNic.Open(Wire.Near, options);

    public static AfPacketOptions Small { get; } = new() { BlockBytes = 16 * 1024, Blocks = 16 };

    public VethWire Wire { get; } = new();

    public override INic Nic { get; }

    public override bool TakesAhead => true;

    public override void Send(IEnumerable<byte[]> packets)
    {
        foreach (var packet in packets) Wire.Send(packet);
    }

    public override string Interface => Wire.Near;

    public override void SetUp(bool isUp) => Wire.SetUp(isUp);

    public override void Delete() => Wire.Delete();

    public override void Make() => Wire.Make();

    public override Action? MoveAwayAndBack => Wire.MoveAwayAndBack;

    public override void Dispose()
    {
        Nic.Dispose();
        Wire.Dispose();
    }
}
