using Pipeline.Nic.Consumers;
using Pipeline.Nic.Consumers.Captures;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Pcapng;
using Pipeline.Nic.Rules;
using Pipeline.TestSupport;

namespace Pipeline.Nic.Tests.Consumers;

/// <summary>A capture made by hand, read and written again the way the pipeline does.</summary>
internal sealed class CopiedCapture : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CaptureFileNic _nic;

    /// <param name="pageBytes">As small as can be, so that blocks straddle pages.</param>
    public CopiedCapture(byte[] capture, int pageBytes = CaptureFileNic.SmallestPageBytes)
    {
        File.WriteAllBytes(Original, capture);
        _nic = CaptureFileNic.Open(Original, pageBytes, 4);
    }

    /// <summary>The file with the capture that was made by hand.</summary>
    public string Original => _folder["in"];

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
        ReadBack.Each(_nic, consumer, _ => { });
        Notes = consumer.Notes;
        return this;
    }

    public CopiedCapture Split(MarkTable table)
    {
        using var consumer = new SplitConsumer(_folder["out"], new SplitOptions { Metadata = _nic.Metadata }, () => table);
        ReadBack.Each(_nic, consumer, bundle => table.Classify(bundle, table.NewCounters()));
        Notes = consumer.Notes;
        return this;
    }

    public void Dispose()
    {
        _nic.Dispose();
        _folder.Dispose();
    }
}
