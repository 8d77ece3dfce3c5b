using Pipeline.Host.Benching;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;
using Xunit;

namespace Pipeline.Host.Tests.Benching;

public class BenchRulesTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(16, 1)]
    [InlineData(1000, 1)]
    [InlineData(1000, 8)]
    [InlineData(13, 8)]
    public void About_a_tenth_of_the_packets_match(int rules, int tuples)
    {
        var mix = new BenchRules(rules, tuples, seed: 1);
        var set = RuleParser.Parse(new SourceText("bench", mix.Text()), out _)!;
        using var packets = PacketSet.Hot(mix);
        var counters = new RuleCounters(rules);
        var table = MarkTable.Compile(set);
        for (var i = 0; i < packets.Count / PacketSet.Batch; i++)
        {
            foreach (var bundle in packets.Next()) table.Classify(bundle, counters);
        }

        Assert.Equal(packets.Count, Enumerable.Range(0, rules + 1).Sum(i => counters.Of(i).Packets));
        Assert.InRange(packets.Count - counters.Unmatched.Packets, packets.Count / 14, packets.Count / 7);
    }

    [Fact]
    public void Packets_go_round_over_the_set()
    {
        using var packets = PacketSet.Cold(new BenchRules(1, 1, seed: 1), mostBytes: 2 << 20);
        var first = Offsets(packets);
        var second = Offsets(packets);
        Assert.Equal(1024, first.Concat(second).Distinct().Count());
        Assert.Equal(first, Offsets(packets));
    }

    [Fact]
    public void The_last_level_cache_has_a_size() => Assert.InRange(Machine.LastLevelCacheBytes(), 1 << 18, 1L << 32);

    private static List<uint> Offsets(PacketSet packets)
    {
        List<uint> offsets = [];
        foreach (var bundle in packets.Next())
        {
            foreach (ref readonly var packet in bundle.Packets) offsets.Add(packet.Offset);
        }

        return offsets;
    }
}
