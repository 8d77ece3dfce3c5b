using BenchmarkDotNet.Attributes;
using Pipeline.Benchmarks.Captures;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Consumers.Captures;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Pages;

namespace Pipeline.Benchmarks.Micro;

/// <summary>
/// A capture of 60-byte packets that is in the page cache, from opening it to its end: reading, finding the packets, and disposing the
/// bundles. Nothing looks at the packets' bytes.
/// </summary>
public class CaptureReadBenchmarks
{
    private const int Packets = 1_000_000;
    private const int BundlePackets = 64;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pipeline-benchmark-");
    private readonly BundlePool _bundles = new(BundlePackets);
    private readonly PacketAccount _account = new("benchmark", AccountKind.Consumer);

    [Params("pcap", "pcapng")]
    public string Format { get; set; } = "pcap";

    private string Pcap => Path.Combine(_folder.FullName, "small.pcap");

    private string Pcapng => Path.Combine(_folder.FullName, "small.pcapng");

    [GlobalSetup]
    public void Setup()
    {
        using (var file = File.Create(Pcap)) new CaptureGenerator(PacketMix.Small, seed: 1).Write(file, Packets);
        using var copy = new CaptureConsumer(new CaptureOptions { Path = Pcapng });
        Drain(Pcap, copy);
        copy.Complete();
    }

    [Benchmark(OperationsPerInvoke = Packets)]
    public long Read() => Drain(Format == "pcap" ? Pcap : Pcapng, null);

    [GlobalCleanup]
    public void Cleanup() => _folder.Delete(recursive: true);

    private long Drain(string path, CaptureConsumer? consumer)
    {
        using var nic = CaptureFileNic.Open(path);
        var queue = nic.Queues[0];
        for (var packets = 0L; ;)
        {
            using var bundle = _bundles.Rent(queue.DeviceShare, _account, NicInterface.Unknown);
            if (queue.Receive(bundle) == ReceiveStatus.End) return packets;
            packets += bundle.Count;
            consumer?.Consume(new PacketBatch(bundle));
        }
    }
}
