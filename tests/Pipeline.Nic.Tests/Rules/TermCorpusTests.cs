using Pipeline.Nic.Rules;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Rules;

/// <summary>Terms count the packets that the reference tools count for the same offset, mask and value.</summary>
public class TermCorpusTests
{
    // libpcap's ip[...] is behind an Ethernet type of IPv4 and nothing else; l3 alone would also read ARP and what is behind VLAN tags.
    private const string UntaggedIPv4 = "12:ffff:0800 ";

    [FactThatNeeds(Need.Corpus)]
    public void Every_term_matches_as_many_packets_as_the_oracle_says()
    {
        List<string> differences = [];
        foreach (var file in Corpus.Table("u32.tsv").Select(r => r.Values.ToArray()).GroupBy(r => r[0]))
        {
            var rows = file.ToArray();
            var counts = Count(file.Key, [.. rows.Select(RuleOf)]);
            for (var i = 0; i < rows.Length; i++)
            {
                if (counts.Of(i + 1).Packets != long.Parse(rows[i][3])) differences.Add($"{string.Join(' ', rows[i])}: {counts.Of(i + 1).Packets}");
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences.Take(50)));
    }

    private static MarkRule RuleOf(string[] row, int index)
    {
        var parts = row[2].Split(':');
        var rest = $"{parts[1]}:{parts[2]}";
        var terms = row[1] == "link" ? $"{parts[0]}:{rest}" : $"{UntaggedIPv4}l3+{parts[0]}:{rest}";
        return RuleText.Terms(terms) with { Name = $"r{index}", Continue = true };
    }

    private static RuleCounters Count(string file, MarkRule[] rules)
    {
        var table = MarkTable.Compile(RuleSet.Empty with { Rules = rules });
        var counters = new RuleCounters(rules.Length);
        CapturePackets.Visit(file, (bundle, _) => table.Classify(bundle, counters));
        return counters;
    }
}
