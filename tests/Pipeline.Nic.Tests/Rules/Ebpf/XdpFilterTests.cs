using System.Text.Json;
using Pipeline.Nic.Devices.AfXdp;
using Pipeline.Nic.Headers;
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

    [FactThatNeeds(Need.Root | Need.Corpus | Need.Libpcap)]
    public void Results_of_libpcaps_own_tests_are_the_same()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Corpus.PathOf("libpcap-apply.json")));
        var packets = new WholePackets();
        List<string> differences = [];
        var compared = 0;
        foreach (var test in json.RootElement.EnumerateArray().Where(t => t.GetProperty("libpcap_1_10_3").GetString() == "agrees"))
        {
            using var filter = Compiled(test.GetProperty("expr").GetString()!);
            if (filter is null) continue;
            var expected = test.GetProperty("results").EnumerateArray().Select(r => r.GetUInt32() != 0).ToList();
            foreach (var (number, bytes) in packets.Of(test.GetProperty("file").GetString()!))
            {
                compared++;
                if (KernelRun.Matches(filter, bytes) != expected[number - 1]) differences.Add($"{test.GetProperty("name")} {number}");
            }
        }

        Assert.Empty(differences);
        Assert.True(compared > 50, $"{compared} verdicts");
    }

    private static LoadedXdpProgram? Compiled(string expression)
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
