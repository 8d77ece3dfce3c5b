using Pipeline.Nic.Devices;
using Pipeline.Nic.Headers;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.PcapFile;

public sealed class PcapTests
{
    private static readonly byte[] Data = [1, 2, 3, 4, 5];

    [Theory]
    [InlineData(0xa1b2c3d4, true, 7_000_005_000)]
    [InlineData(0xa1b2c3d4, false, 7_000_005_000)]
    [InlineData(0xa1b23c4d, true, 7_000_000_005)]
    [InlineData(0xa1b23c4d, false, 7_000_000_005)]
    public void A_magic_number_tells_byte_order_and_unit(uint magic, bool bigEndian, long nanoseconds)
    {
        var drained = Drained.Bytes(new CaptureBytes(bigEndian).PcapHeader(magic).PcapRecord(7, 5, Data).ToArray());

        Assert.Equal(nanoseconds, Assert.Single(drained.Packets).TimestampNanoseconds);
        Assert.Equal(Data.Length, drained.CapturedBytes);
    }

    [Fact]
    public void Records_of_the_modified_format_have_a_longer_header()
    {
        var capture = new CaptureBytes().PcapHeader(0xa1b2cd34);
        for (uint i = 0; i < 2; i++) capture.U32(i).U32(0).U32(5).U32(9).U32(3).U16(0x800).U16(0).Raw(Data);

        var drained = Drained.Bytes(capture.ToArray());

        Assert.Equal([5, 5], drained.Packets.Select(p => p.CapturedLength));
        Assert.Equal([9u, 9u], drained.Packets.Select(p => p.WireLength));
    }

    [Theory]
    [InlineData(2, 9, 5)]
    [InlineData(3, 9, 5)]
    [InlineData(3, 5, 9)]
    [InlineData(4, 5, 9)]
    public void Old_versions_have_the_two_lengths_the_other_way_round(int minor, uint first, uint second)
    {
        var capture = new CaptureBytes().PcapHeader(minor: minor).U32(0).U32(0).U32(first).U32(second).Raw(Data);

        var packet = Assert.Single(Drained.Bytes(capture.ToArray()).Packets);

        Assert.Equal((5, 9u), (packet.CapturedLength, packet.WireLength));
    }

    [Fact]
    public void A_fraction_beyond_a_second_is_carried_into_the_seconds()
    {
        var drained = Drained.Bytes(new CaptureBytes().PcapHeader().PcapRecord(uint.MaxValue, uint.MaxValue, Data).ToArray());

        Assert.Equal((uint.MaxValue * 1_000_000_000L) + (uint.MaxValue * 1000L), drained.Packets[0].TimestampNanoseconds);
    }

    [Theory]
    [InlineData(0x30000001, LinkType.Ethernet)]
    [InlineData(0xfc000001, LinkType.Ethernet)]
    [InlineData(65000, (LinkType)65000)]
    public void The_link_type_is_in_the_low_16_bits(uint field, LinkType expected)
    {
        var drained = Drained.Bytes(new CaptureBytes().PcapHeader(linkType: field).ToArray());

        Assert.Equal(expected, Assert.Single(drained.Interfaces).LinkType);
    }

    [Theory]
    [InlineData(0x00010001u)]
    [InlineData(0x02000001u)]
    [InlineData(0x27ff0001u)]
    public void A_link_type_with_bits_that_mean_nothing_is_refused(uint field)
    {
        var drained = Drained.Bytes(new CaptureBytes(bigEndian: true).PcapHeader(linkType: field).PcapRecord(1, 1, Data).ToArray());

        Assert.Equal(20, Assert.IsType<CaptureFormatException>(drained.Error).ByteOffset);
        Assert.Contains($"the link type is 0x{field:x8}", drained.Error.Message);
    }

    [Theory]
    [InlineData(12, 101)]
    [InlineData(14, 101)]
    [InlineData(101, 101)]
    [InlineData(11, 100)]
    [InlineData(15, 102)]
    [InlineData(16, 103)]
    [InlineData(19, 106)]
    [InlineData(13, 13)]
    [InlineData(18, 18)]
    [InlineData(50, 50)]
    [InlineData(228, 228)]
    public void Numbers_for_one_link_type_are_one_in_both_formats(int number, int expected)
    {
        var pcap = Drained.Bytes(new CaptureBytes().PcapHeader(linkType: (uint)number).ToArray());
        var pcapng = Drained.Bytes(new CaptureBytes().Section().Interface(number).ToArray());

        Assert.All([pcap, pcapng], drained => Assert.Equal((LinkType)expected, Assert.Single(drained.Interfaces).LinkType));
    }

    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 5)]
    [InlineData(3, 0)]
    public void A_version_that_nobody_wrote_is_refused(int major, int minor)
    {
        var drained = Drained.Bytes(new CaptureBytes().PcapHeader(major: major, minor: minor).ToArray());

        Assert.Equal(4, Assert.IsType<CaptureFormatException>(drained.Error).ByteOffset);
        Assert.Contains($"{major}.{minor}", drained.Error.Message);
    }

    [Fact]
    public void A_length_beyond_every_packet_is_the_fault_of_its_field()
    {
        var capture = new CaptureBytes().PcapHeader().PcapRecord(1, 1, Data).U32(2).U32(2).U32(262145).U32(262145);

        var drained = Drained.Bytes(capture.ToArray());

        Assert.Single(drained.Packets);
        Assert.Equal(24 + 16 + 5 + 8, Assert.IsType<CaptureFormatException>(drained.Error).ByteOffset);
        Assert.Contains("262145", drained.Error.Message);
    }

    [Fact]
    public void A_packet_larger_than_a_page_is_refused_with_the_size_of_the_page()
    {
        var capture = new CaptureBytes().PcapHeader().PcapRecord(1, 1, Data).PcapRecord(2, 2, new byte[4096]);

        var drained = Drained.Bytes(capture.ToArray());

        Assert.Single(drained.Packets);
        Assert.Contains("does not fit into a page of 4096 bytes", Assert.IsType<CaptureFormatException>(drained.Error).Fault);
    }

    [Fact]
    public void A_packet_that_fills_a_page_to_the_last_byte_is_read()
    {
        var capture = new CaptureBytes().PcapHeader().PcapRecord(1, 1, new byte[4080]).PcapRecord(2, 2, new byte[4080]);

        var drained = Drained.Bytes(capture.ToArray());

        Assert.Null(drained.Error);
        Assert.Equal(2, drained.Packets.Count);
    }

    [Fact]
    public void Large_usb_transfers_are_read_with_large_pages()
    {
        var capture = new CaptureBytes().PcapHeader(linkType: 220).PcapRecord(1, 1, new byte[300_000]);

        var drained = Drained.Bytes(capture.ToArray(), pageBytes: 512 * 1024);

        Assert.Equal(300_000, Assert.Single(drained.Packets).CapturedLength);
    }
}
