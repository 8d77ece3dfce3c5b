using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.Tap;
using Pipeline.Nic.Tests.Devices.Contract;
using Pipeline.TestSupport;

namespace Pipeline.Nic.Tests.Devices.Tap;

/// <summary>The other end of a TAP or macvtap in a namespace, with few pages.</summary>
internal sealed class OnTap : LiveUnderTest
{
    public OnTap(bool isMacvtap = false, bool made = true, TapOptions? options = null)
    {
        Wire = new TapWire(isMacvtap, made);
        Nic = Wire.Inside(() => TapNic.Open(Wire.Name, options ?? new TapOptions { Pages = 256 }));
    }

    public TapWire Wire { get; }

    public override INic Nic { get; }

    public override void Send(IEnumerable<byte[]> packets)
    {
        foreach (var packet in packets) Wire.Send(packet);
    }

    public override string Interface => Wire.Name;

    public override void SetUp(bool isUp) => Wire.SetUp(isUp);

    public override void Delete() => Wire.Delete();

    public override void Make() => Wire.Make();

    public override void Dispose()
    {
        Nic.Dispose();
        Wire.Dispose();
    }
}
