using BenchmarkDotNet.Attributes;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Consumers.Captures;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;

namespace Pipeline.Benchmarks.Micro;

/// <summary>
/// 60-byte packets into captures that are /dev/null: what it costs to make the records and to hand them to the kernel, without any
/// file system. Includes renting, settling and disposing the bundles.
/// </summary>
public class CaptureWriteBenchmarks
{
    private readonly PacketStock _stock = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pipeline-benchmark-");
    private readonly RuleCounters _counters = new(2);
    private MarkTable _table = MarkTable.Compile(RuleSet.Empty);
    private CaptureConsumer? _capture;
    private SplitConsumer? _split;

    [GlobalSetup]
    public void Setup()
    {
        _table = MarkTable.Compile(RuleParser.Parse(new SourceText("benchmark", RuleText.ThreeWays), out _)!);
        foreach (var name in _table.Rules.Rules.Select(r => r.Name).Append("unmatched"))
            File.CreateSymbolicLink(Path.Combine(_folder.FullName, name + ".pcapng"), "/dev/null");
        _capture = new CaptureConsumer(new CaptureOptions { Path = "/dev/null" });
        _split = new SplitConsumer(_folder.FullName, new SplitOptions(), () => _table);
    }

    [Benchmark(OperationsPerInvoke = PacketStock.Packets)]
    public void OneFile()
    {
        for (var i = 0; i < PacketStock.Bundles; i++) Give(_capture!, _stock.Rent(i));
    }

    /// <summary>Includes classifying by the two rules that say where a packet goes.</summary>
    [Benchmark(OperationsPerInvoke = PacketStock.Packets)]
    public void ClassifyAndSplitThreeWays()
    {
        for (var i = 0; i < PacketStock.Bundles; i++)
        {
            var bundle = _stock.Rent(i);
            _table.Classify(bundle, _counters);
            Give(_split!, bundle);
        }
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _capture?.Complete();
        _capture?.Dispose();
        _split?.Complete();
        _split?.Dispose();
        _stock.Dispose();
        _folder.Delete(recursive: true);
    }

    private static void Give(IPacketConsumer consumer, PageBundle bundle)
    {
        consumer.Consume(new PacketBatch(bundle));
        bundle.SettleDelivered();
        bundle.Dispose();
    }
}
