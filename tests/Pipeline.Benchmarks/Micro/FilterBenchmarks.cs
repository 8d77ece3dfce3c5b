using BenchmarkDotNet.Attributes;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;

namespace Pipeline.Benchmarks.Micro;

/// <summary>pcap-filters over packets that are in the cache: ours, and libpcap's own interpreter.</summary>
public class FilterBenchmarks
{
    private readonly PacketStock _stock = new();
    private readonly PacketTouch _touch = new(12);
    private PageBundle[] _bundles = [];
    private PacketFilter? _compiled;
    private PacketFilter? _libpcap;

    [Params(
        "udp",
        "udp and dst port 9999",
        "(udp and dst port 53) or (tcp and src net 10.0.0.0/8 and dst port 443)",
        "ip and not tcp and len > 40 and ip[8] > 10",
        "port 53 or port 80 or port 443 or port 8080 or port 5000",
        "not (port 22 or port 53)")]
    public string Expression { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        _bundles = _stock.RentAll();
        _compiled = PacketFilter.Create(Expression);
        _libpcap = PacketFilter.Create(Expression, FilterEngine.Libpcap);
        _compiled.Prepare(_bundles[0].Interface.LinkType);
        _libpcap.Prepare(_bundles[0].Interface.LinkType);
    }

    [Benchmark(OperationsPerInvoke = PacketStock.Packets)]
    public int Touch() => _bundles.Sum(_touch.Touch);

    [Benchmark(OperationsPerInvoke = PacketStock.Packets)]
    public int Compiled() => _bundles.Sum(_compiled!.Select);

    [Benchmark(Baseline = true, OperationsPerInvoke = PacketStock.Packets)]
    public int Libpcap() => _bundles.Sum(_libpcap!.Select);

    [GlobalCleanup]
    public void Cleanup()
    {
        foreach (var bundle in _bundles) bundle.Dispose();
        _stock.Dispose();
    }
}
