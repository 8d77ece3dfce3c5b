using Pipeline.Nic.Pcapng;
using Pipeline.TestSupport;
using Xunit;
using static Pipeline.Nic.Tests.Consumers.CommentedCapture;

namespace Pipeline.Nic.Tests.Consumers;

/// <summary>What a pcapng capture says of itself and of its interfaces is in a copy of it.</summary>
public sealed class MetadataTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_first_sections_options_are_the_copys(bool bigEndian)
    {
        var c = new CaptureBytes(bigEndian);
        byte[] options = [.. c.Option(1, "why"u8.ToArray()), .. c.Option(2, "box"u8.ToArray()), .. c.Option(3, "os"u8.ToArray()), .. c.Option(4, "tool"u8.ToArray()), .. End];
        using var copy = Copy(c.Section(options).Interface().Enhanced(0, Time, Data).Section([.. c.Option(2, "other"u8.ToArray()), .. End]).Interface().Enhanced(0, Time, Data));
        Assert.Equal([(1, "776879"), (2, "626f78"), (3, "6f73"), (4, "746f6f6c")], copy.Blocks[0].Options);
        Assert.Single(copy.Blocks, b => b.Type == WrittenBlock.Section);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_interfaces_options_are_kept(bool bigEndian)
    {
        var c = new CaptureBytes(bigEndian);
        byte[] program = [1, .. bigEndian ? new byte[] { 0, 6, 1, 2, 0, 0, 255, 255 } : [6, 0, 1, 2, 255, 255, 0, 0]];
        byte[] options =
        [
            .. c.Option(1, "note"u8.ToArray()), .. c.Option(2, "eth9"u8.ToArray()), .. c.Option(3, "uplink"u8.ToArray()), .. c.Option(4, [10, 0, 0, 1, 255, 0, 0, 0]),
            .. c.Option(6, [2, 0, 0, 0, 0, 1]), .. c.LongOption(8, 1_000_000_000), .. c.Option(9, [6]), .. c.Option(11, program), .. c.Option(11, "\0udp"u8.ToArray()),
            .. c.Option(12, "os"u8.ToArray()), .. c.LongOption(14, 0), .. c.Option(15, "nic"u8.ToArray()), .. c.LongOption(16, 1), .. c.Option(99, [1]), .. End,
        ];
        using var copy = Copy(c.Section().Interface(options: options).Enhanced(0, Time, Data));
        Assert.Equal(
            [(1, "6e6f7465"), (2, "65746839"), (3, "75706c696e6b"), (4, "0a000001ff000000"), (6, "020000000001"), (8, "00ca9a3b00000000"), (11, "0106000102ffff0000"), (11, "00756470"),
                (12, "6f73"), (15, "6e6963"), (16, "0100000000000000"), (9, "09")],
            copy.Interface.Options);
    }

    [Fact]
    public void No_name_is_invented_for_an_interface()
    {
        using var pcapng = Copy(new CaptureBytes().Section().Interface().Enhanced(0, Time, Data));
        using var pcap = Copy(new CaptureBytes().PcapHeader().PcapRecord(1, 0, Data));
        Assert.Equal([(9, "09")], pcapng.Interface.Options);
        Assert.Equal([(9, "09")], pcap.Interface.Options);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Secrets_names_and_custom_blocks_that_may_be_copied_come_before_the_packets_they_came_before(bool bigEndian)
    {
        var c = new CaptureBytes(bigEndian);
        c.Section().Interface().Secrets(0x544c534b, "KEY 1"u8.ToArray(), [.. c.Option(1, "s"u8.ToArray()), .. End])
            .Names(c.Option(1, [10, 0, 0, 1, (byte)'a', 0]), c.Option(2, [.. new byte[16], (byte)'b', 0]))
            .Custom(32473, [1, 2, 3, 4]).Custom(32473, [9], mayBeCopied: false).Enhanced(0, Time, Data).Secrets(0x57474b4c, [7]);
        using var copy = Copy(c);

        Assert.Equal(
            [WrittenBlock.Section, WrittenBlock.Interface, WrittenBlock.Secrets, WrittenBlock.Names, WrittenBlock.Custom],
            copy.Blocks.Select(b => b.Type).TakeWhile(t => t != WrittenBlock.Packet).Take(5));
        Assert.Equal("4b534c5405000000" + "4b45592031000000" + "0100010073000000" + "00000000", Convert.ToHexStringLower(copy.Blocks[2].Body));
        Assert.Equal("01000600" + "0a00000161000000" + "02001200" + new string('0', 32) + "62000000" + "00000000", Convert.ToHexStringLower(copy.Blocks[3].Body));
        Assert.Equal("d97e000001020304", Convert.ToHexStringLower(copy.Blocks[4].Body));
        Assert.Equal("4c4b47570100000007000000", Convert.ToHexStringLower(copy.Blocks.Last(b => b.Type == WrittenBlock.Secrets).Body));
    }

    [FactThatNeeds(Need.Tshark)]
    public void The_tools_read_and_copy_a_copy()
    {
        var c = new CaptureBytes(bigEndian: true);
        c.Section().Interface().Secrets(0x544c534b, "# no key\n"u8.ToArray()).Names(c.Option(1, [10, 0, 0, 1, (byte)'a', 0]))
            .Enhanced(0, Time, Data, [.. c.Option(1, "one"u8.ToArray()), .. c.Option(1, "two"u8.ToArray()), .. c.LongOption(4, 3), .. End]);
        using var copy = Copy(c);
        var read = Tool.Run("tshark", "-r", copy.Files[0], "-T", "fields", "-e", "frame.comment", "-e", "frame.drop_count");
        var again = Tool.Run("editcap", copy.Files[0], copy.Files[0] + ".again");
        Assert.Equal(("one,two\t3", 0), (read.Output.Trim(), again.ExitCode));
        Assert.Contains(WrittenBlock.Of(copy.Files[1]), b => b.Type == WrittenBlock.Secrets);
    }

    [Fact]
    public void Secrets_larger_than_a_page_and_than_the_writers_buffer_are_kept_whole()
    {
        var secrets = Enumerable.Range(0, 700_001).Select(i => (byte)(i * 7)).ToArray();
        using var copy = Copy(new CaptureBytes().Section().Interface().Enhanced(0, Time, Data).Secrets(0x544c534b, secrets).Enhanced(0, Time, Data));
        Assert.Equal(secrets, copy.Blocks.Single(b => b.Type == WrittenBlock.Secrets).Body[8..^3]);
        Assert.Equal(2, copy.Packets.Count);
    }

    [Fact]
    public void A_capture_without_packets_keeps_its_secrets()
    {
        using var copy = Copy(new CaptureBytes().Section().Interface().Secrets(0x544c534b, [1]));
        Assert.Contains(copy.Blocks, b => b.Type == WrittenBlock.Secrets);
    }

    [Fact]
    public void What_is_more_than_can_be_kept_is_counted_and_told()
    {
        var c = new CaptureBytes().Section().Interface();
        for (var i = 0; i < 3; i++) c.Secrets(0x544c534b, new byte[CaptureMetadata.MostBytes / 2 - 1000]);
        using var copy = Copy(c.Enhanced(0, Time, Data));
        Assert.Equal((2, 1L), (copy.Metadata.Blocks, copy.Metadata.LeftOut));
        Assert.Contains("1 of the capture's blocks", copy.Notes[1]);
        Assert.Single(copy.Packets);
    }

    [Fact]
    public void A_block_that_is_broken_inside_is_left_out_and_its_neighbours_are_not()
    {
        var c = new CaptureBytes();
        var secrets = new CaptureBytes().U32(1).U32(100).ToArray();
        using var copy = Copy(c.Section().Interface().Block(10, secrets).Block(4, [1, 0, 50, 0]).Block(0xBAD, []).Secrets(2, []).Enhanced(0, Time, Data));
        Assert.Equal((1, 3L), (copy.Metadata.Blocks, copy.Metadata.LeftOut));
        Assert.Single(copy.Packets);
    }
}
