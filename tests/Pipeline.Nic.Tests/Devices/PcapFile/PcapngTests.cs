using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.PcapFile;

public sealed class PcapngTests
{
    private static readonly byte[] Data = [1, 2, 3, 4, 5];

    [Fact]
    public void Sections_have_a_byte_order_and_interfaces_of_their_own()
    {
        var little = new CaptureBytes().Section().Interface(1).Enhanced(0, 1, Data).ToArray();
        var big = new CaptureBytes(bigEndian: true).Section().Interface(101).Enhanced(0, 2, Data).ToArray();

        var drained = Drained.Bytes([.. little, .. big, .. little]);

        Assert.Null(drained.Error);
        Assert.Equal([1000L, 2000L, 1000L], drained.Packets.Select(p => p.TimestampNanoseconds));
        Assert.Equal([LinkType.Ethernet, LinkType.RawIp, LinkType.Ethernet], drained.InterfaceOfPacket.Select(i => i.LinkType));
        Assert.Equal([0, 1, 2], drained.InterfaceOfPacket.Select(i => i.Index));
        Assert.Equal([false, true, false], drained.InterfaceOfPacket.Select(i => i.IsBigEndian));
    }

    [Fact]
    public void An_interface_has_the_name_and_the_time_that_its_options_say()
    {
        var write = new CaptureBytes(bigEndian: true);
        byte[] options = [.. write.Option(2, "eth7"u8.ToArray()), .. write.Option(9, [9]), .. write.Option(14, [0, 0, 0, 0, 0, 0, 0, 60]), .. write.Option(0, [])];

        var drained = Drained.Bytes(write.Section().Interface(options: options).Enhanced(0, 5, Data).ToArray());

        Assert.Equal("eth7", Assert.Single(drained.Interfaces).Name);
        Assert.Equal(60_000_000_005, drained.Packets[0].TimestampNanoseconds);
    }

    [Fact]
    public void Interfaces_in_front_of_the_first_packet_are_known_when_a_file_is_open()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["x"], new CaptureBytes().Section().Interface(1).Interface(113).Enhanced(0, 1, Data).Interface(228).ToArray());

        using var nic = CaptureFileNic.Open(folder["x"], 4096, 2);

        Assert.Equal([LinkType.Ethernet, LinkType.LinuxSll], nic.Interfaces.Select(i => i.LinkType));
        Assert.Equal("x:0", nic.Interfaces[0].Name);
    }

    [Theory]
    [InlineData(3, 100, 8, 3)]
    [InlineData(8, 100, 8, 8)]
    [InlineData(5, 100, 16, 5)]
    [InlineData(0, 4, 8, 4)]
    [InlineData(0, 4, 16, 4)]
    [InlineData(0, 0, 0, 0)]
    [InlineData(uint.MaxValue, 7, 8, 7)]
    public void A_simple_packet_has_no_time_and_the_smaller_of_its_wire_and_the_snap_length(uint snapLength, uint wire, int bodyBytes, int captured)
    {
        var capture = new CaptureBytes().Section().Interface(snapLength: snapLength).Simple(wire, new byte[bodyBytes]);

        var packet = Assert.Single(Drained.Bytes(capture.ToArray()).Packets);

        Assert.Equal((captured, wire), (packet.CapturedLength, packet.WireLength));
        Assert.Equal((0, PacketFlags.NoTimestamp), (packet.TimestampNanoseconds, packet.Flags));
    }

    [Theory]
    [InlineData(0, 1460, 64, "a packet had 1460 bytes on the wire; its block has room for 64")]
    [InlineData(0, 1, 0, "a packet had 1 bytes on the wire; its block has room for 0")]
    [InlineData(100, 1460, 64, "a packet had 1460 bytes on the wire, of which the interface's snap length keeps 100; its block has room for 64")]
    [InlineData(65535, uint.MaxValue, 64, "a packet had 4294967295 bytes on the wire, of which the interface's snap length keeps 65535; its block has room for 64")]
    public void A_simple_packet_block_without_room_for_what_was_captured_is_corrupt(uint snapLength, uint wire, int bodyBytes, string expected)
    {
        var capture = new CaptureBytes().Section().Interface(snapLength: snapLength).Simple(0, []);
        var start = capture.Length;

        var drained = Drained.Bytes(capture.Simple(wire, new byte[bodyBytes]).Simple(4, Data[..4]).ToArray());

        var fault = Assert.IsType<CaptureFormatException>(drained.Error);
        Assert.Single(drained.Packets);
        Assert.Equal((start + 8, expected), (fault.ByteOffset, fault.Fault));
    }

    [Fact]
    public void A_simple_packet_block_in_front_of_any_interface_is_corrupt()
    {
        var fault = Assert.IsType<CaptureFormatException>(Drained.Bytes(new CaptureBytes().Section().Simple(4, Data[..4]).Interface().ToArray()).Error);

        Assert.Equal("a packet is of interface 0; the section has described 0 interfaces so far", fault.Fault);
    }

    [Theory]
    [InlineData(0x0bad, 3)]
    [InlineData(0x0bad, 5000)]
    [InlineData(0x7fffffff, 1_000_000)]
    public void A_block_nobody_knows_is_passed_over_whatever_its_length(uint type, int bytes)
    {
        var capture = new CaptureBytes().Section().Interface().Enhanced(0, 1, Data).Block(type, new byte[bytes]).Enhanced(0, 2, Data);

        var drained = Drained.Bytes(capture.ToArray());

        Assert.Null(drained.Error);
        Assert.Equal(2, drained.Packets.Count);
    }

    [Fact]
    public void A_section_header_with_more_options_than_a_page_holds_is_read()
    {
        var write = new CaptureBytes(bigEndian: true);
        var comment = write.Option(1, new byte[60_000]);

        var drained = Drained.Bytes(write.Section(comment).Interface().Enhanced(0, 1, Data).ToArray());

        Assert.Null(drained.Error);
        Assert.Single(drained.Packets);
    }

    [Fact]
    public void A_skipped_block_whose_end_disagrees_is_the_fault_of_its_end()
    {
        var capture = new CaptureBytes().Section().Interface().U32(0x0bad).U32(16).U32(0).U32(20);

        var fault = Assert.IsType<CaptureFormatException>(Drained.Bytes(capture.ToArray()).Error);

        Assert.Equal(capture.Length - 4, fault.ByteOffset);
    }

    [Fact]
    public void A_block_that_claims_four_gigabytes_is_the_fault_of_its_start()
    {
        var capture = new CaptureBytes().Section().Interface().Enhanced(0, 1, Data);
        var start = capture.Length;

        var drained = Drained.Bytes(capture.U32(0x0bad).U32(0xfffffffc).Raw(new byte[100]).ToArray());

        Assert.Single(drained.Packets);
        Assert.Equal(start, Assert.IsType<CaptureFormatException>(drained.Error).ByteOffset);
    }

    [Theory]
    [InlineData(9, 0)]
    [InlineData(9, 2)]
    [InlineData(14, 4)]
    public void An_option_of_the_wrong_length_is_refused(int code, int bytes)
    {
        var write = new CaptureBytes();
        var options = write.Option(code, new byte[bytes]);

        var fault = Assert.IsType<CaptureFormatException>(Drained.Bytes(write.Section().Interface(options: options).Enhanced(0, 1, Data).ToArray()).Error);

        Assert.Equal(28 + 16, fault.ByteOffset);
        Assert.Contains($"code {code}", fault.Fault);
    }

    [Fact]
    public void A_file_of_interfaces_alone_does_not_fill_the_memory()
    {
        var capture = new CaptureBytes().Section();
        for (var i = 0; i <= InterfaceList.Most; i++) capture.Interface();

        var drained = Drained.Bytes(capture.ToArray());

        Assert.Equal(InterfaceList.Most, drained.Interfaces.Count);
        Assert.Contains($"more than {InterfaceList.Most} interfaces", Assert.IsType<CaptureFormatException>(drained.Error).Fault);
    }
}
