using Pipeline.Nic.Devices;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.PcapFile;

/// <summary>Captures cut short: an error at most, and every page comes home (which draining asserts).</summary>
public sealed class DamageTests
{
    private static readonly byte[] Pcap =
        new CaptureBytes().PcapHeader().PcapRecord(1, 1, [1, 2, 3]).PcapRecord(2, 2, []).PcapRecord(3, 3, new byte[70]).ToArray();

    private static readonly byte[] Pcapng = Join(
        new CaptureBytes().Section().Interface().Enhanced(0, 1, [1, 2, 3]).Block(0x0bad, new byte[30]).Simple(2, [1, 2]),
        new CaptureBytes(bigEndian: true).Section().Interface(101).Interface(1).Enhanced(1, 1, new byte[70]).Enhanced(0, 2, [9]));

    // Where one may stop without breaking anything off.
    private static readonly int[] PcapEnds = [24, 43, 59, Pcap.Length];
    private static readonly int[] PcapngEnds = Boundaries(Pcapng);

    public static TheoryData<string> SmallCaptures =>
        ["wireshark__dhcp-nanosecond.pcap", "nggen__be_test201.pcapng"];

    [Fact]
    public void A_pcap_file_cut_at_any_byte_gives_what_is_whole() => AssertPrefixes(Pcap, PcapEnds);

    [Fact]
    public void A_pcapng_file_cut_at_any_byte_gives_what_is_whole() => AssertPrefixes(Pcapng, PcapngEnds);

    [TheoryThatNeeds(Need.Corpus)]
    [MemberData(nameof(SmallCaptures))]
    public void A_real_capture_cut_at_any_byte_gives_the_packets_before_the_cut(string file)
    {
        var whole = File.ReadAllBytes(Corpus.CapturePath(file));
        var expected = Drained.Bytes(whole).Packets;

        for (var cut = 0; cut < whole.Length; cut++)
        {
            var drained = Drained.Bytes(whole[..cut]);

            Assert.Equal(expected.Take(drained.Packets.Count).Select(p => p.TimestampNanoseconds), drained.Packets.Select(p => p.TimestampNanoseconds));
            if (drained.Error is not null) Assert.InRange(Assert.IsType<CaptureFormatException>(drained.Error).ByteOffset, 0, cut);
        }
    }

    private static void AssertPrefixes(byte[] whole, int[] ends)
    {
        var packetsBefore = ends.ToDictionary(end => end, end => Drained.Bytes(whole[..end]).Packets.Count);
        for (var cut = 0; cut < whole.Length; cut++)
        {
            var drained = Drained.Bytes(whole[..cut]);

            Assert.Equal(ends.Contains(cut), drained.Error is null);
            Assert.Equal(ends.Where(end => end <= cut).Select(end => packetsBefore[end]).LastOrDefault(), drained.Packets.Count);
        }

        Assert.Equal(packetsBefore.Values.Distinct().Count() - 1, Drained.Bytes(whole).Packets.Count);
    }

    private static int[] Boundaries(byte[] pcapng)
    {
        var ends = new List<int>();
        var bigEndian = false;
        for (var at = 0; at < pcapng.Length;)
        {
            if (pcapng[at] == 0x0A) bigEndian = pcapng[at + 8] == 0x1A;
            var length = pcapng.AsSpan(at + 4, 4);
            at += bigEndian
                ? System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(length)
                : System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(length);
            ends.Add(at);
        }

        return [.. ends];
    }

    private static byte[] Join(params CaptureBytes[] parts) => [.. parts.SelectMany(p => p.ToArray())];
}
