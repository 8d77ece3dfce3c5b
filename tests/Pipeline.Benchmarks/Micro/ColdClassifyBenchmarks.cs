namespace Pipeline.Benchmarks.Micro;

/// <summary>The same rules over packets that come from memory, and so do their descriptors.</summary>
public class ColdClassifyBenchmarks : ClassifyBenchmarks
{
    private protected override PacketStock NewStock() => PacketStock.Cold();
}
