using Pipeline.Nic.Devices;
using Pipeline.Nic.Rules.Cbpf;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Rules.Ebpf;

/// <summary>Classic BPF that was translated to eBPF matches what other implementations of it do.</summary>
public class XdpFilterTests
{
    [FactThatNeeds(Need.Root | Need.Corpus)]
    public void Published_programs_give_the_published_verdicts()
    {
        var vectors = CbpfVector.Of("portable").Where(v => v.WireLength == v.Packet.Length && KernelRun.Fits(v.Packet) && !HasLoop(v.Checked())).ToList();
        Assert.True(vectors.Count > 500, $"{vectors.Count} vectors");
        Assert.Empty(vectors.Where(v => Verdict(v.Checked(), v.Packet) != (v.Expected != 0)).Select(v => v.Title));
    }

    [FactThatNeeds(Need.Root | Need.Corpus | Need.Libpcap)]
    public void Expressions_select_the_packets_that_tcpdump_selects()
    {
        var packets = new WholePackets();
        List<string> differences = [];
        var compared = 0;
        foreach (var rows in Corpus.Table("filter-matches.tsv").Select(r => r.Values.ToArray()).GroupBy(r => r[1]))
        {
            using var filter = Compiled(rows.Key);
            if (filter is null) continue;
            foreach (var row in rows)
            {
                var expected = WholePackets.Numbers(row.Length > 2 ? row[2] : "");
                if (expected is null) continue;
                foreach (var (number, bytes) in packets.Of(row[0]))
                {
                    compared++;
                    if (KernelRun.Matches(filter, bytes) != expected.Contains(number)) differences.Add($"{row[0]} {number} '{rows.Key}'");
                }
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences.Take(50)));
        Assert.True(compared > 100_000, $"{compared} verdicts");
    }

    private static Nic.Rules.Ebpf.LoadedXdpProgram? Compiled(string expression)
    {
        try
        {
            var program = FilterCompiler.Compile(expression, LinkType.Ethernet);
            return HasLoop(program) ? null : KernelRun.Load(program);
        }
        catch (Nic.Rules.FilterException)
        {
            return null;
        }
    }

    private static bool Verdict(CbpfProgram program, byte[] packet)
    {
        using var loaded = KernelRun.Load(program);
        return KernelRun.Matches(loaded, packet);
    }

    private static bool HasLoop(CbpfProgram program) => Nic.Rules.Ebpf.XdpFilterEmitter.ReasonAgainst(program) is not null;
}
