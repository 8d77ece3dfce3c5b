using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Consumers.Captures;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Pcapng;
using Pipeline.Nic.Rules;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers;

/// <summary>A capture made by hand, read and written again the way the pipeline does.</summary>
internal sealed class CopiedCapture : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CaptureFileNic _nic;

    /// <param name="pageBytes">As small as can be, so that blocks straddle pages.</param>
    public CopiedCapture(byte[] capture, int pageBytes = CaptureFileNic.SmallestPageBytes)
    {
        File.WriteAllBytes(_folder["in"], capture);
        _nic = CaptureFileNic.Open(_folder["in"], pageBytes, 4);
    }

    public CaptureMetadata Metadata => _nic.Metadata;

    public IReadOnlyList<string> Notes { get; private set; } = [];

    /// <summary>The files written, in the order of their names.</summary>
    public IReadOnlyList<string> Files => [.. Directory.GetFiles(_folder["out"]).Order(StringComparer.Ordinal)];

    public IReadOnlyList<WrittenBlock> Blocks => WrittenBlock.Of(Files.Single());

    public IReadOnlyList<WrittenBlock> Packets => [.. Blocks.Where(b => b.Type == WrittenBlock.Packet)];

    public WrittenBlock Interface => Blocks.Single(b => b.Type == WrittenBlock.Interface);

    public CopiedCapture Write(string name = "copy.pcapng", int snapLength = 0, CaptureRotation? rotation = null)
    {
        Directory.CreateDirectory(_folder["out"]);
        using var consumer = new CaptureConsumer(new CaptureOptions
        {
            Path = _folder[$"out/{name}"], SnapLength = snapLength, Rotation = rotation, Metadata = _nic.Metadata, KnownInterfaces = () => _nic.Interfaces,
        });
        Give(consumer, null);
        Notes = consumer.Notes;
        return this;
    }

    public CopiedCapture Split(MarkTable table)
    {
        using var consumer = new SplitConsumer(_folder["out"], new SplitOptions { Metadata = _nic.Metadata }, () => table);
        Give(consumer, table);
        Notes = consumer.Notes;
        return this;
    }

    public void Dispose()
    {
        _nic.Dispose();
        _folder.Dispose();
    }

    private void Give(IPacketConsumer consumer, MarkTable? table)
    {
        var account = new PacketAccount("copy", AccountKind.Consumer);
        var bundles = new BundlePool(8);
        var queue = _nic.Queues[0];
        for (var status = ReceiveStatus.Received; status != ReceiveStatus.End;)
        {
            using var bundle = bundles.Rent(queue.DeviceShare, account, NicInterface.Unknown);
            status = queue.Receive(bundle);
            if (bundle.Count == 0) continue;
            table?.Classify(bundle, new RuleCounters(table.Rules.Rules.Count));
            consumer.Consume(new PacketBatch(bundle));
        }

        consumer.Complete();
        Assert.Equal(default, account.Held);
        Assert.Equal(0, queue.Pool.Outstanding);
    }
}
