using Pipeline.Nic.Devices;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.PcapFile;

/// <summary>Every broken capture of the corpus: what is sound in front of the fault comes out, and the error says where and what.</summary>
public sealed class MalformedTests
{
    // Both tools read these to their end without a complaint.
    private static readonly string[] SoundAfterAll =
    [
        "mut__p15-version-2.2.pcap", "mut__p17-snaplen-ffffffff.pcap", "mut__p19-linktype-65535.pcap", "mut__p21-usec-ffffffff.pcap",
        "mut__p23-zero-tail-512.pcap", "mut__p26-random-flips.pcap", "mut__p31-caplen-swallows-rest.pcap", "mut__n15-tsresol-255.pcapng",
        "mut__n19-section-length-short.pcapng",
        // Here libpcap alone minds snap lengths that are no limit to us.
        "python-pcapng__test006-fixed.ntar", "pcapplusplus__too_many_interfaces.pcapng",
    ];

    public static TheoryData<string> Captures => [.. Corpus.IsPresent ? Corpus.Table("malformed.tsv").Select(r => r["file"]) : []];

    [TheoryThatNeeds(Need.Corpus)]
    [MemberData(nameof(Captures))]
    public void A_broken_capture_gives_the_packets_before_the_fault_and_says_where_it_is(string file)
    {
        var path = Corpus.CapturePath(file);

        var drained = Drained.File(path);

        Assert.InRange(drained.Packets.Count, PacketsBeforeFault(file), int.MaxValue);
        if (SoundAfterAll.Contains(file))
        {
            Assert.Null(drained.Error);
            return;
        }

        var fault = Assert.IsType<CaptureFormatException>(drained.Error);
        Assert.InRange(fault.ByteOffset, 0, new FileInfo(path).Length);
        Assert.NotEmpty(fault.Fault);
    }

    [TheoryThatNeeds(Need.Corpus)]
    [MemberData(nameof(Captures))]
    public void A_fault_does_not_depend_on_the_size_of_pages(string file)
    {
        var path = Corpus.CapturePath(file);
        var expected = Drained.File(path);

        var drained = Drained.FileWithSmallestPages(path);

        Assert.Equal(expected.Packets.Count, drained.Packets.Count);
        Assert.Equal(expected.ContentsHash, drained.ContentsHash);
        Assert.Equal((expected.Error as CaptureFormatException)?.ByteOffset, (drained.Error as CaptureFormatException)?.ByteOffset);
    }

    // The fewest that a tool could read is what all of them agree on.
    private static int PacketsBeforeFault(string file)
    {
        var row = Corpus.Table("malformed.tsv").Single(r => r["file"] == file);
        string[] counts = [row["libpcap_packets_readable"], row["tshark_packets_readable"]];
        return counts.Min(c => int.TryParse(c, out var count) ? count : 0);
    }
}
