using BenchmarkDotNet.Attributes;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Pages;

namespace Pipeline.Benchmarks.Micro;

/// <summary>The stand-in for the normal stack, over 60-byte UDP packets in the cache.</summary>
public class NullStackBenchmarks
{
    private readonly PacketStock _stock = new();
    private PageBundle[] _bundles = [];
    private NullStackConsumer _stack = new();

    [Params(true, false)]
    public bool VerifyChecksums { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _stack = new NullStackConsumer(VerifyChecksums);
        _bundles = _stock.RentAll();
    }

    [Benchmark(OperationsPerInvoke = PacketStock.Packets)]
    public void Consume()
    {
        foreach (var bundle in _bundles) _stack.Consume(new PacketBatch(bundle));
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        foreach (var bundle in _bundles) bundle.Dispose();
        _stack.Dispose();
        _stock.Dispose();
    }
}
