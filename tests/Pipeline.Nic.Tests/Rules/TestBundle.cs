using Pipeline.Nic.Accounts;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Tests.Rules;

/// <summary>A bundle of packets made up by a test, with the pool their bytes lie in.</summary>
internal sealed class TestBundle : IDisposable
{
    private const int PageBytes = 2048;

    private readonly PacketPagePool _pool;

    public TestBundle(LinkType linkType, params byte[][] packets)
        : this(new NicInterface(0, "test", linkType, 0), packets)
    {
    }

    public TestBundle(NicInterface nicInterface, params byte[][] packets)
    {
        _pool = new PacketPagePool("test", PageBytes, Math.Max(1, packets.Length));
        Bundle = new BundlePool(Math.Max(1, packets.Length)).Rent(_pool.Device, new PacketAccount("test", AccountKind.Consumer), nicInterface);
        foreach (var packet in packets) Append(packet);
    }

    public PageBundle Bundle { get; }

    public void Dispose()
    {
        Bundle.Dispose();
        _pool.Dispose();
    }

    private void Append(byte[] bytes)
    {
        Xunit.Assert.True(_pool.TryRent(out var page));
        bytes.CopyTo(_pool.PageMemory(page));
        _pool.Device.Take(page, 1);
        Bundle.Append(new Packet { Offset = _pool.OffsetOf(page), CapturedLength = bytes.Length, WireLength = (uint)bytes.Length });
    }
}
