using System.Buffers.Binary;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Tests.Devices.PcapFile;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers;

/// <summary>How many bytes of frame check sequence end the packets of an interface, from either format into either.</summary>
public sealed class FcsLengthTests : IDisposable
{
    private static readonly byte[] Frame = [2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 8, 0x88, 0xb5, 1, 2, 3, 4, 5, 6, 0xde, 0xad, 0xbe, 0xef];

    private readonly List<CopiedCapture> _copies = [];

    public void Dispose() => _copies.ForEach(copy => copy.Dispose());

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_length_is_the_same_in_both_formats_whichever_it_comes_from(bool bigEndian)
    {
        Assert.All(new byte[] { 0, 2, 4, 30 }, bytes =>
        {
            var field = 0x04000001 | ((uint)bytes / 2 << 28);
            var pcap = new CaptureBytes(bigEndian).PcapHeader(linkType: field).PcapRecord(1, 2, Frame).ToArray();
            var pcapng = Pcapng(bigEndian, [bytes]);
            Assert.All(new[] { pcap, pcapng }, capture =>
            {
                Assert.Equal(field, Field(Copy(capture, "out.pcap")));
                Assert.Equal(bytes, Length(Copy(capture, "out.pcapng")));
            });
        });
    }

    [Theory]
    [InlineData(3)]
    [InlineData(32)]
    [InlineData(255)]
    public void A_length_that_pcap_cannot_say_is_kept_in_pcapng_and_left_out_of_pcap(byte bytes)
    {
        Assert.Equal(1u, Field(Copy(Pcapng(false, [bytes]), "out.pcap")));
        Assert.Equal(bytes, Length(Copy(Pcapng(false, [bytes]), "out.pcapng")));
    }

    [Theory]
    [InlineData(1u)]
    [InlineData(0x20000001u)]
    [InlineData(0x08000001u)]
    public void A_header_that_does_not_say_it_knows_the_length_says_nothing(uint field)
    {
        var capture = new CaptureBytes().PcapHeader(linkType: field).PcapRecord(1, 2, Frame).ToArray();

        Assert.Equal(1u, Field(Copy(capture, "out.pcap")));
        Assert.Null(Length(Copy(capture, "out.pcapng")));
    }

    [Theory]
    [InlineData(4, 0, "b (0 bytes) beside those of a (4 bytes)")]
    [InlineData(4, null, "b (not known) beside those of a (4 bytes)")]
    [InlineData(null, 4, "b (4 bytes) beside those of a (not known)")]
    public void Packets_that_end_otherwise_do_not_go_into_one_pcap_file(int? first, int? second, string expected)
    {
        var capture = TwoInterfaces(first, second);

        var error = Assert.Throws<OutputException>(() => Copy(capture, "out.pcap"));

        Assert.Contains(expected, error.Message);
        Assert.EndsWith("a file named .pcapng can hold both", error.Message);
        Assert.Equal([(byte?)first, (byte?)second], Drained.File(Copy(capture, "out.pcapng")).Interfaces.Select(i => i.FcsBytes));
    }

    [Fact]
    public void Packets_that_end_alike_go_into_one_pcap_file() => Assert.Equal(0x24000001u, Field(Copy(TwoInterfaces(4, 4), "out.pcap")));

    private static byte[] Pcapng(bool bigEndian, byte[] fcs)
    {
        var write = new CaptureBytes(bigEndian);
        return write.Section().Interface(options: write.Option(13, fcs)).Enhanced(0, 5, Frame).ToArray();
    }

    private static byte[] TwoInterfaces(int? first, int? second)
    {
        var write = new CaptureBytes().Section();
        foreach (var (name, fcs) in new[] { ((byte)'a', first), ((byte)'b', second) })
            write.Interface(options: [.. write.Option(2, [name]), .. fcs is { } bytes ? write.Option(13, [(byte)bytes]) : []]);
        return write.Enhanced(0, 1, Frame).Enhanced(1, 2, Frame).ToArray();
    }

    private string Copy(byte[] capture, string name)
    {
        var copy = new CopiedCapture(capture);
        _copies.Add(copy);
        return copy.Write(name).Files.Single();
    }

    private static uint Field(string pcap) => BinaryPrimitives.ReadUInt32LittleEndian(File.ReadAllBytes(pcap).AsSpan(20));

    private static byte? Length(string pcapng)
    {
        using var nic = CaptureFileNic.Open(pcapng);
        return nic.Interfaces[0].FcsBytes;
    }
}
