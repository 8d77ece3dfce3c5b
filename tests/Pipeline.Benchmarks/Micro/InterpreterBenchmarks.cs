using BenchmarkDotNet.Attributes;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;

namespace Pipeline.Benchmarks.Micro;

/// <summary>The interpreter, which says what rules mean, over packets that are in the cache.</summary>
public class InterpreterBenchmarks
{
    private readonly PacketStock _stock = new();
    private PageBundle[] _bundles = [];
    private MarkTable _table = MarkTable.Compile(RuleSet.Empty);
    private RuleCounters _counters = new(0);

    [Params(1, 16)]
    public int Rules { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var rules = RuleParser.Parse(new SourceText("benchmark", RuleText.DestinationNetworks(Rules)), out _);
        _table = MarkTable.Compile(rules!, MarkEngine.Interpreter);
        _counters = new RuleCounters(Rules);
        _bundles = _stock.RentAll();
        _table.Prepare(_bundles[0].Interface.LinkType);
    }

    [Benchmark(OperationsPerInvoke = PacketStock.Packets)]
    public void Classify()
    {
        foreach (var bundle in _bundles) _table.Classify(bundle, _counters);
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        foreach (var bundle in _bundles) bundle.Dispose();
        _stock.Dispose();
    }
}
