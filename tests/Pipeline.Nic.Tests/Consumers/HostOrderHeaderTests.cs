using Pipeline.Nic.Consumers.Captures;
using Pipeline.Nic.Headers;
using Pipeline.TestSupport;
using Pipeline.Nic.Tests.Rules;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers;

/// <summary>
/// Each packet is written down twice, as a big-endian and as a little-endian host would have captured it. A capture of the first has to
/// become a file of the second.
/// </summary>
public sealed class HostOrderHeaderTests
{
    [Theory]
    [MemberData(nameof(HostOrderPackets.Kinds), MemberType = typeof(HostOrderPackets))]
    public void A_big_endian_hosts_packets_are_written_as_a_little_endian_one_has_them(string kind, int linkType)
    {
        byte[] big = HostOrderPackets.Of(kind, true), little = HostOrderPackets.Of(kind, false);
        var pcap = new CaptureBytes(bigEndian: true).PcapHeader(linkType: (uint)linkType).PcapRecord(1, 2, big).ToArray();
        var pcapng = new CaptureBytes(bigEndian: true).Section().Interface(linkType).Enhanced(0, 7, big).Simple((uint)big.Length, big).ToArray();

        Assert.All(new[] { "out.pcap", "out.pcapng" }, name =>
        {
            Assert.Equal([little], Written(pcap, name));
            Assert.Equal([little, little], Written(pcapng, name));
        });
    }

    [Theory]
    [MemberData(nameof(HostOrderPackets.Kinds), MemberType = typeof(HostOrderPackets))]
    public void Packets_of_the_files_own_order_stay_as_they_are(string kind, int linkType)
    {
        var packet = HostOrderPackets.Of(kind, false);

        Assert.Equal([packet], Written(new CaptureBytes().PcapHeader(linkType: (uint)linkType).PcapRecord(1, 2, packet).ToArray(), "out.pcapng"));
    }

    [Theory]
    [MemberData(nameof(HostOrderPackets.Kinds), MemberType = typeof(HostOrderPackets))]
    public void Of_a_header_cut_off_what_is_there_is_turned_field_by_field(string kind, int linkType)
    {
        byte[] big = HostOrderPackets.Of(kind, true), little = HostOrderPackets.Of(kind, false);

        // Where the last field ends that differs: with as many bytes, all that is to be turned is there.
        var end = big.Length;
        while (end > 0 && big[end - 1] == little[end - 1]) end--;
        for (var bytes = 0; bytes <= big.Length; bytes++)
        {
            var cut = big[..bytes];
            HostOrderHeader.Reverse((LinkType)linkType, cut);
            Assert.All(cut.Index(), b => Assert.True(b.Item == little[b.Index] || b.Item == big[b.Index]));
            if (bytes >= end) Assert.Equal(little[..bytes], cut);
        }
    }

    [Theory]
    [MemberData(nameof(HostOrderPackets.Kinds), MemberType = typeof(HostOrderPackets))]
    public void A_field_that_the_snap_length_cuts_is_turned_before_it_is_cut(string kind, int linkType)
    {
        byte[] big = HostOrderPackets.Of(kind, true), little = HostOrderPackets.Of(kind, false);
        var capture = new CaptureBytes(bigEndian: true).Section().Interface(linkType).Enhanced(0, 7, big).Simple((uint)big.Length, big).ToArray();
        for (var bytes = 1; bytes < little.Length; bytes += 7)
        {
            var cut = little[..bytes];
            Assert.All(new[] { "out.pcap", "out.pcapng" }, name => Assert.Equal([cut, cut], Written(capture, name, snapLength: cut.Length)));
        }
    }

    [Fact]
    public void Sections_are_each_in_the_order_of_their_own_host()
    {
        byte[] big = HostOrderPackets.Of("nflog", true), little = HostOrderPackets.Of("nflog", false);
        byte[] capture =
        [
            .. new CaptureBytes().Section().Interface(239).Enhanced(0, 1, little).ToArray(),
            .. new CaptureBytes(bigEndian: true).Section().Interface(239).Enhanced(0, 2, big).ToArray(),
        ];

        Assert.Equal([little, little], Written(capture, "out.pcapng"));
    }

    [Theory]
    [InlineData(0xffffffffu)]
    [InlineData(3u)]
    public void More_descriptors_than_were_captured_are_turned_as_far_as_they_go(uint claimed)
    {
        byte[] big = HostOrderPackets.UsbMapped(true, claimed), little = HostOrderPackets.UsbMapped(false, claimed);

        Assert.Equal([little], Written(new CaptureBytes(bigEndian: true).PcapHeader(linkType: 220).PcapRecord(1, 2, big).ToArray(), "out.pcap"));
    }

    [TheoryThatNeeds(Need.Tcpdump)]
    [InlineData("loopback", 0)]
    [InlineData("encapsulation", 109)]
    public void Filters_find_in_the_copy_what_they_find_in_the_capture(string kind, int linkType)
    {
        var capture = new CaptureBytes(bigEndian: true).PcapHeader(linkType: (uint)linkType).PcapRecord(1, 2, HostOrderPackets.Of(kind, true)).ToArray();
        using var copy = new CopiedCapture(capture).Write("out.pcap");

        Assert.All(
            new[] { copy.Original, copy.Files.Single() }, file => Assert.Contains("192.0.2.77", Tool.Run("tcpdump", "-nr", file, "ip host 192.0.2.77").Output));
    }

    private static List<byte[]> Written(byte[] capture, string name, int snapLength = 0)
    {
        using var copy = new CopiedCapture(capture).Write(name, snapLength);
        List<byte[]> packets = [];
        CapturePackets.VisitFile(copy.Files.Single(), (bundle, _) =>
        {
            foreach (ref readonly var packet in bundle.Packets) packets.Add(bundle.BytesOf(packet).ToArray());
        });
        return packets;
    }
}
