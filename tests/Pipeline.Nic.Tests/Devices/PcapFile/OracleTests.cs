using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.PcapFile;

/// <summary>Every valid capture of the corpus, against what libpcap says of it, and tshark and capinfos where libpcap refuses it.</summary>
public sealed class OracleTests
{
    // Two captures have a number of seconds (pim_header_asan-2) and a fraction (timestamp_invalid_nano) that libpcap reads as negative.
    // Both fields are unsigned: 2521431551 s + 4 us; 1418145370 s + 2147483648 ns.
    private static readonly long[] BeyondSigned = [2521431551_000004000, 1418145372_147483648];

    public static TheoryData<string> Captures => [.. Corpus.IsPresent ? Corpus.Table("oracle.tsv").Select(r => r["file"]) : []];

    [TheoryThatNeeds(Need.Corpus)]
    [MemberData(nameof(Captures))]
    public void A_valid_capture_is_read_as_the_reference_tools_read_it(string file)
    {
        var drained = Drained.File(Corpus.CapturePath(file));

        AssertAsOracle(RowOf(file), drained);
    }

    [TheoryThatNeeds(Need.Corpus)]
    [MemberData(nameof(Captures))]
    public void The_size_of_pages_does_not_show(string file)
    {
        var drained = Drained.FileWithSmallestPages(Corpus.CapturePath(file));

        AssertAsOracle(RowOf(file), drained);
    }

    private static IReadOnlyDictionary<string, string> RowOf(string file) => Corpus.Table("oracle.tsv").Single(r => r["file"] == file);

    private static void AssertAsOracle(IReadOnlyDictionary<string, string> row, Drained drained)
    {
        Assert.Null(drained.Error);
        if (row["libpcap_status"] == "eof") AssertAsLibpcap(row, drained);
        else AssertAsWireshark(row, drained);
    }

    private static void AssertAsLibpcap(IReadOnlyDictionary<string, string> row, Drained drained)
    {
        Assert.Equal(row["libpcap_packets"], $"{drained.Packets.Count}");
        if (row["libpcap_dlt"].Length > 0 && drained.Interfaces.Count == 1 && IsSameAsLinkType(row["libpcap_dlt"]))
            Assert.Equal(row["libpcap_dlt"], $"{(int)drained.Interfaces[0].LinkType}");
        // libpcap cuts packets to the snap length of the file, and only then; we keep every byte.
        if (CutsToSnapLength(row, drained)) return;
        Assert.Equal(row["libpcap_capbytes"], $"{drained.CapturedBytes}");
        Assert.Equal(row["libpcap_wirebytes"], $"{drained.WireBytes}");
        Assert.Equal(row["libpcap_truncated"], $"{drained.Truncated}");
        Assert.Equal(row["libpcap_zerolen"], $"{drained.ZeroLength}");
        Assert.Equal(row["libpcap_sha256_caplen_len_data"], drained.ContentsHash);
        if (drained.Packets.Any(p => BeyondSigned.Contains(p.TimestampNanoseconds))) return;
        Assert.Equal(row["libpcap_sha256_ns"], drained.TimesHash);
        AssertFirstAndLast(row["libpcap_first_ns"], row["libpcap_last_ns"], drained);
    }

    private static void AssertAsWireshark(IReadOnlyDictionary<string, string> row, Drained drained)
    {
        Assert.Equal(row["capinfos_packets"], $"{drained.Packets.Count}");
        // tshark counts custom blocks too and says nothing of empty files' bytes.
        if (row["tshark_packets"] != row["capinfos_packets"] || drained.Packets.Count == 0) return;
        Assert.Equal(row["tshark_capbytes"], $"{drained.CapturedBytes}");
        Assert.Equal(row["tshark_wirebytes"], $"{drained.WireBytes}");
        Assert.Equal(row["tshark_sha256_ns_cap_len"], drained.TimesAndLengthsHash);
        AssertFirstAndLast(row["tshark_first_ns"], row["tshark_last_ns"], drained);
    }

    private static void AssertFirstAndLast(string first, string last, Drained drained)
    {
        if (drained.Packets.Count == 0) return;
        // tshark's columns are empty for a packet without a time, libpcap's are 0.
        if (first.Length > 0) Assert.Equal(first, $"{drained.Packets[0].TimestampNanoseconds}");
        if (last.Length > 0) Assert.Equal(last, $"{drained.Packets[^1].TimestampNanoseconds}");
    }

    private static bool CutsToSnapLength(IReadOnlyDictionary<string, string> row, Drained drained) =>
        row["libpcap_snaplen"] is { Length: > 0 } snap && drained.Packets.Any(p => p.CapturedLength > uint.Parse(snap));

    // libpcap's own numbers differ from those in files for the types that had system-dependent ones (pcap/dlt.h): raw IP is 12.
    private static bool IsSameAsLinkType(string dlt) => int.Parse(dlt) is < 10 or > 104;
}
