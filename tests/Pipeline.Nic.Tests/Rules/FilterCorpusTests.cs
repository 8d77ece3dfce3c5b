using System.Globalization;
using System.Text.Json;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Cbpf;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Rules;

/// <summary>Filters select the very packets that libpcap's own tools select.</summary>
public class FilterCorpusTests
{
    /// <summary>Rows of <c>multiif-filters.tsv</c> that are not compared. More would be rows that nobody decided to leave out.</summary>
    private const int OfOtherOrder = 210;

    [FactThatNeeds(Need.Corpus | Need.Libpcap)]
    public void Every_expression_selects_the_packets_that_tcpdump_selects()
    {
        var rows = Corpus.Table("filter-matches.tsv").Select(r => r.Values.ToArray()).ToList();
        var filters = rows.Select(r => r[1]).Distinct().ToDictionary(e => e, PacketFilter.Create);
        List<string> differences = [];
        foreach (var file in rows.GroupBy(r => r[0])) Compare(file.Key, [.. file], filters, differences);
        Assert.True(differences.Count == 0, string.Join('\n', differences.Take(50)));
    }

    [FactThatNeeds(Need.Corpus | Need.Libpcap)]
    public void Captures_of_several_link_types_are_filtered_by_the_link_type_of_each_packet()
    {
        var rows = Corpus.Table("multiif-filters.tsv").ToList();
        var filters = rows.Select(r => r["expr"]).Distinct().ToDictionary(e => e, PacketFilter.Create);
        List<string> differences = [];
        foreach (var file in rows.GroupBy(r => r["file"]))
        {
            var counts = CountByLinkType(file.Key, filters);
            differences.AddRange(file.Where(r => !IsLoopbackOfOtherOrder(r) && Expected(r) != counts.GetValueOrDefault((r["linktype"], r["expr"]))).Select(r => string.Join(' ', r.Values)));
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences.Take(50)));
        Assert.Equal(OfOtherOrder, rows.Count(IsLoopbackOfOtherOrder));
    }

    [FactThatNeeds(Need.Corpus | Need.Libpcap)]
    public void Results_of_libpcaps_own_tests_are_the_same()
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Corpus.PathOf("libpcap-apply.json")));
        List<string> differences = [];
        foreach (var test in json.RootElement.EnumerateArray().Where(t => t.GetProperty("libpcap_1_10_3").GetString() == "agrees"))
        {
            var expected = test.GetProperty("results").EnumerateArray().Select(r => r.GetUInt32() != 0);
            var (file, expression) = (test.GetProperty("file").GetString()!, test.GetProperty("expr").GetString()!);
            if (!expected.SequenceEqual(Interpreted(file, expression))) differences.Add(test.GetProperty("name").GetString()!);
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences.Take(50)));
    }

    [FactThatNeeds(Need.Corpus | Need.Libpcap)]
    public void An_expression_too_long_to_optimise_selects_what_a_short_one_does()
    {
        var ports = PacketFilter.Create(string.Join(" or ", Enumerable.Range(0, 200).Select(p => $"port {p}")));
        var range = PacketFilter.Create("portrange 0-199");
        CapturePackets.Visit("libtrace__100_packets.pcap", (bundle, first) =>
        {
            List<int> byPorts = [], byRange = [];
            AddSelected(bundle, first, ports, byPorts);
            AddSelected(bundle, first, range, byRange);
            Assert.NotEmpty(byRange);
            Assert.Equal(byRange, byPorts);
        });
    }

    private static void Compare(string file, string[][] rows, Dictionary<string, PacketFilter> filters, List<string> differences)
    {
        var selected = rows.ToDictionary(r => r[1], _ => new List<int>());
        var interfaces = CapturePackets.Visit(file, (bundle, first) =>
        {
            foreach (var row in rows) AddSelected(bundle, first, filters[row[1]], selected[row[1]]);
        });

        foreach (var row in rows)
        {
            var expected = row.Length > 2 ? row[2] : "";
            if (expected.StartsWith("error:pcap_loop", StringComparison.Ordinal)) continue;
            var rejection = filters[row[1]].Prepare(interfaces[0].LinkType);
            var actual = rejection is null ? Ranges(selected[row[1]]) : "error:" + rejection;
            if (actual != expected) differences.Add($"{file} '{row[1]}': {actual}, not {expected}");
        }
    }

    private static void AddSelected(PageBundle bundle, int first, PacketFilter filter, List<int> selected)
    {
        if (filter.Select(bundle) == 0) return;
        for (var i = 0; i < bundle.Count; i++)
        {
            if (bundle.Packets[i].Has(PacketFlags.Selected)) selected.Add(first + i);
        }
    }

    private static Dictionary<(string LinkType, string Expression), int> CountByLinkType(string file, Dictionary<string, PacketFilter> filters)
    {
        Dictionary<(string, string), int> counts = [];
        CapturePackets.Visit(file, (bundle, _) =>
        {
            foreach (var (expression, filter) in filters)
            {
                var key = (((int)bundle.Interface.LinkType).ToString(CultureInfo.InvariantCulture), expression);
                counts[key] = counts.GetValueOrDefault(key) + filter.Select(bundle);
            }
        });
        return counts;
    }

    /// <summary>
    /// The oracle asked tcpdump about little-endian captures that it had cut out of these files. In a big-endian one tcpdump reads
    /// loopback's address family the other way round, as it is to be in the section (LinkLayerTests).
    /// </summary>
    private static bool IsLoopbackOfOtherOrder(IReadOnlyDictionary<string, string> row) => row["linktype"] == "0" && row["file"].StartsWith("nggen__be_", StringComparison.Ordinal);

    private static int Expected(IReadOnlyDictionary<string, string> row) => int.TryParse(row["count"], out var count) ? count : 0;

    private static List<bool> Interpreted(string file, string expression)
    {
        List<bool> results = [];
        CapturePackets.Visit(file, (bundle, _) =>
        {
            var program = FilterCompiler.Compile(expression, bundle.Interface.LinkType);
            foreach (ref var packet in bundle.Packets) results.Add(CbpfInterpreter.Run(program, bundle.BytesOf(packet), packet.WireLength) != 0);
        });
        return results;
    }

    /// <summary>As the oracle writes them: <c>1,3-5</c>.</summary>
    private static string Ranges(List<int> numbers)
    {
        List<string> ranges = [];
        for (var i = 0; i < numbers.Count;)
        {
            var last = i;
            while (last + 1 < numbers.Count && numbers[last + 1] == numbers[last] + 1) last++;
            ranges.Add(last == i ? $"{numbers[i]}" : $"{numbers[i]}-{numbers[last]}");
            i = last + 1;
        }

        return string.Join(',', ranges);
    }
}
