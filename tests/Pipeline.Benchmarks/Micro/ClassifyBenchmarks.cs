using BenchmarkDotNet.Attributes;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;

namespace Pipeline.Benchmarks.Micro;

/// <summary>Rules over packets that are in the cache, beside merely touching them; most packets match none, so all rules count.</summary>
public class ClassifyBenchmarks
{
    private const int DestinationAt = 30;

    private readonly PacketTouch _touch = new(DestinationAt);
    private PacketStock? _stock;
    private PageBundle[] _bundles = [];
    private int _at;
    private MarkTable _table = MarkTable.Compile(RuleSet.Empty);
    private RuleCounters _counters = new(0);

    [Params(1, 16, 256, 1000, 10000)]
    public int Rules { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var rules = RuleParser.Parse(new SourceText("benchmark", RuleText.DestinationNetworks(Rules)), out _);
        _stock = NewStock();
        _table = MarkTable.Compile(rules!);
        _counters = new RuleCounters(Rules);
        _bundles = _stock.RentAll();
        _table.Prepare(_bundles[0].Interface.LinkType);
    }

    [Benchmark(Baseline = true, OperationsPerInvoke = PacketStock.Packets)]
    public int Touch()
    {
        var sum = 0;
        foreach (var bundle in Next()) sum += _touch.Touch(bundle);
        return sum;
    }

    [Benchmark(OperationsPerInvoke = PacketStock.Packets)]
    public void Classify()
    {
        foreach (var bundle in Next()) _table.Classify(bundle, _counters);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        foreach (var bundle in _bundles) bundle.Dispose();
        _stock?.Dispose();
    }

    private protected virtual PacketStock NewStock() => new();

    /// <summary>The next 4096 packets; of the usual stock there are no more.</summary>
    private ReadOnlySpan<PageBundle> Next()
    {
        var next = _bundles.AsSpan(_at, PacketStock.Bundles);
        _at = (_at + PacketStock.Bundles) % _bundles.Length;
        return next;
    }
}
