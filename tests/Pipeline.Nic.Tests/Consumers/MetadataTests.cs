using Pipeline.Nic.Consumers.Captures;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Pcapng;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Tests.Devices.PcapFile;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers;

/// <summary>What a pcapng capture says besides its packets' bytes is in a copy of it.</summary>
public sealed class MetadataTests
{
    private const ulong Time = 1_700_000_000_000_000;
    private static readonly byte[] Data = [.. Enumerable.Range(0, 61).Select(i => (byte)i)];
    private static readonly byte[] End = new byte[4];

    public static TheoryData<bool> ByteOrders => [false, true];

    [Theory]
    [MemberData(nameof(ByteOrders))]
    public void A_packets_options_are_kept_but_for_those_that_nobody_may_copy_or_can_read(bool bigEndian)
    {
        var c = new CaptureBytes(bigEndian);
        byte[] options =
        [
            .. c.Option(1, "first"u8.ToArray()), .. c.Option(1, "second"u8.ToArray()), .. c.Option(2, 0x80000002), .. c.Option(3, [3, 1, 2, 3]),
            .. c.LongOption(4, 5), .. c.LongOption(5, 0x0102030405060708), .. c.Option(6, 9), .. c.Option(7, [0, 7]),
            .. c.Option(2988, Number(bigEndian, 32473, "text"u8)), .. c.Option(2989, Number(bigEndian, 32473, [1])),
            .. c.Option(19372, Number(bigEndian, 32473, "not"u8)), .. c.Option(19373, Number(bigEndian, 32473, [2])), .. c.Option(77, [1, 2]), .. c.Option(0x8001, [3]), .. End,
        ];
        using var copy = Copy(c.Section().Interface().Enhanced(0, Time, Data, options).Enhanced(0, Time + 1, Data));

        Assert.Equal(
            [(1, "6669727374"), (1, "7365636f6e64"), (2, "02000080"), (3, "03010203"), (4, "0500000000000000"), (5, "0807060504030201"), (6, "09000000"), (7, "0007"),
                (2988, "d97e000074657874"), (2989, "d97e000001")],
            copy.Packets[0].Options);
        Assert.Empty(copy.Packets[1].Options);
    }

    [Theory]
    [InlineData(false, 1, "010102030405060708")]
    [InlineData(true, 2, "020807060504030201")]
    public void A_verdict_of_a_program_is_a_number(bool bigEndian, byte kind, string expected)
    {
        var c = new CaptureBytes(bigEndian);
        byte[] verdict = [kind, 1, 2, 3, 4, 5, 6, 7, 8];
        using var copy = Copy(c.Section().Interface().Enhanced(0, Time, Data, [.. c.Option(7, verdict), .. End]));
        Assert.Equal([(7, expected)], copy.Packets[0].Options);
    }

    [Fact]
    public void A_checksum_in_another_byte_order_is_left_out_because_it_is_a_number_of_unknown_size()
    {
        var c = new CaptureBytes(bigEndian: true);
        using var copy = Copy(c.Section().Interface().Enhanced(0, Time, Data, [.. c.Option(3, [2, 1, 2, 3, 4]), .. End]));
        Assert.Empty(copy.Packets[0].Options);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void A_packet_of_any_length_keeps_its_comment_and_so_it_does_when_it_is_cut(int length)
    {
        var c = new CaptureBytes();
        var capture = c.Section().Interface().Enhanced(0, Time, Data[..length], [.. c.Option(1, "abc"u8.ToArray()), .. End]).ToArray();
        using var copy = new CopiedCapture(capture).Write();
        using var cut = new CopiedCapture(capture).Write(snapLength: 2);
        Assert.Equal([(1, "616263")], copy.Packets[0].Options);
        Assert.Equal([(1, "616263")], cut.Packets[0].Options);
        Assert.Equal(Data[..Math.Min(2, length)], cut.Packets[0].Body[20..(20 + Math.Min(2, length))]);
    }

    [Fact]
    public void An_option_that_goes_beyond_its_block_ends_the_list_and_costs_no_packet()
    {
        var c = new CaptureBytes();
        byte[] options = [.. c.Option(1, "good"u8.ToArray()), 1, 0, 200, 0, 1, 2, 3, 4];
        using var copy = Copy(c.Section().Interface().Enhanced(0, Time, Data, options).Enhanced(0, Time, Data, [1, 0, 9, 0]));
        Assert.Equal([(1, "676f6f64")], copy.Packets[0].Options);
        Assert.Empty(copy.Packets[1].Options);
    }

    [Theory]
    [InlineData(false, 7, "0700000000000000")]
    [InlineData(true, 0, "0000000000000000")]
    [InlineData(true, 0xFFFF, null)]
    public void The_drops_that_an_obsolete_packet_block_counts_become_an_option(bool bigEndian, int drops, string? expected)
    {
        var c = new CaptureBytes(bigEndian);
        using var copy = Copy(c.Section().Interface().Obsolete(0, drops, Time, Data, [.. c.Option(1, "c"u8.ToArray()), .. c.Option(2, 1), .. End]).Obsolete(0, drops, Time, Data));
        (int, string)[] counted = expected is null ? [] : [(4, expected)];
        Assert.Equal([(1, "63"), (2, "01000000"), .. counted], copy.Packets[0].Options);
        Assert.Equal(counted, copy.Packets[1].Options);
    }

    [Theory]
    [MemberData(nameof(ByteOrders))]
    public void The_first_sections_options_are_the_copys(bool bigEndian)
    {
        var c = new CaptureBytes(bigEndian);
        byte[] options = [.. c.Option(1, "why"u8.ToArray()), .. c.Option(2, "box"u8.ToArray()), .. c.Option(3, "os"u8.ToArray()), .. c.Option(4, "tool"u8.ToArray()), .. End];
        using var copy = Copy(c.Section(options).Interface().Enhanced(0, Time, Data).Section([.. c.Option(2, "other"u8.ToArray()), .. End]).Interface().Enhanced(0, Time, Data));
        Assert.Equal([(1, "776879"), (2, "626f78"), (3, "6f73"), (4, "746f6f6c")], copy.Blocks[0].Options);
        Assert.Single(copy.Blocks, b => b.Type == WrittenBlock.Section);
    }

    [Theory]
    [MemberData(nameof(ByteOrders))]
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
    [MemberData(nameof(ByteOrders))]
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
    public void Every_file_of_a_series_has_them()
    {
        var c = new CaptureBytes();
        c.Section([.. c.Option(1, "why"u8.ToArray()), .. End]).Interface(options: [.. c.Option(3, "d"u8.ToArray()), .. End]).Secrets(0x544c534b, [1]).Names(c.Option(1, [10, 0, 0, 1, 97, 0]));
        for (var i = 0u; i < 3; i++) c.Enhanced(0, Time + i, Data);
        using var copy = new CopiedCapture(c.ToArray()).Write(rotation: new CaptureRotation { FileBytes = 1 });
        Assert.Equal(3, copy.Files.Count);
        Assert.All(copy.Files, f =>
        {
            var blocks = WrittenBlock.Of(f);
            Assert.Contains((1, "776879"), blocks[0].Options);
            Assert.Contains((3, "64"), blocks.Single(b => b.Type == WrittenBlock.Interface).Options);
            Assert.Single(blocks, b => b.Type == WrittenBlock.Secrets);
            Assert.Single(blocks, b => b.Type == WrittenBlock.Names);
        });
    }

    [Fact]
    public void What_every_file_carries_is_not_counted_in_its_size()
    {
        var c = new CaptureBytes().Section().Interface().Secrets(0x544c534b, new byte[5000]);
        for (var i = 0u; i < 40; i++) c.Enhanced(0, Time + i, Data);
        using var copy = new CopiedCapture(c.ToArray()).Write(rotation: new CaptureRotation { FileBytes = 2000 });
        Assert.Equal(2, copy.Files.Count);
    }

    [Fact]
    public void Every_file_of_a_split_that_got_a_packet_has_them()
    {
        var c = new CaptureBytes();
        c.Section().Interface().Secrets(0x544c534b, [1]).Enhanced(0, Time, Data, [.. c.Option(1, "c"u8.ToArray()), .. End]);
        using var split = new CopiedCapture(c.ToArray()).Split(Table("rule a match 0:ff:00 mark 1 continue\nrule b match 1:ff:01 mark 2\nrule c match 0:ff:99 mark 3"));
        var files = split.Files.ToDictionary(f => Path.GetFileNameWithoutExtension(f), WrittenBlock.Of);
        Assert.All(["a", "b"], rule => Assert.Single(files[rule], b => b.Type == WrittenBlock.Secrets));
        Assert.All(["a", "b"], rule => Assert.Equal([(1, "63")], files[rule].Single(b => b.Type == WrittenBlock.Packet).Options));
        Assert.DoesNotContain(files["c"], b => b.Type == WrittenBlock.Secrets);
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

    [Fact]
    public void What_an_interface_of_a_file_received_and_lost_is_not_known()
    {
        using var copy = Copy(new CaptureBytes().Section().Interface().Enhanced(0, Time, Data));
        Assert.Equal([(8, "0100000000000000")], copy.Blocks.Single(b => b.Type == WrittenBlock.Statistics).Options);
    }

    [Theory]
    [MemberData(nameof(ByteOrders))]
    public void What_the_file_says_of_it_is_handed_on_with_times_in_nanoseconds(bool bigEndian)
    {
        var c = new CaptureBytes(bigEndian);
        var start = c.Option(2, new CaptureBytes(bigEndian).U32((uint)(Time >> 32)).U32(unchecked((uint)Time)).ToArray());
        byte[] said = [.. start, .. c.LongOption(4, 100), .. c.LongOption(5, 7), .. c.LongOption(7, 2), .. c.LongOption(8, 99), .. End];
        using var copy = Copy(c.Section().Interface().Interface().Enhanced(1, Time, Data).Statistics(1, Time + 5, said));
        var statistics = copy.Blocks.Single(b => b.Type == WrittenBlock.Statistics);
        var ticks = BitConverter.GetBytes(Time * 1000);
        Assert.Equal((0u, (Time + 5) * 1000), (statistics.InterfaceIndex, statistics.Ticks));
        Assert.Equal(
            [(2, Convert.ToHexStringLower([.. ticks[4..], .. ticks[..4]])), (4, "6400000000000000"), (5, "0700000000000000"), (7, "0200000000000000"), (8, "0100000000000000")],
            statistics.Options);
    }

    private static CopiedCapture Copy(CaptureBytes capture) => new CopiedCapture(capture.ToArray()).Write();

    private static MarkTable Table(string rules)
    {
        var set = RuleParser.Parse(new SourceText("test.rules", rules), out var diagnostics);
        Assert.Empty(diagnostics);
        return MarkTable.Compile(set!);
    }

    private static byte[] Number(bool bigEndian, uint number, ReadOnlySpan<byte> rest) => [.. new CaptureBytes(bigEndian).U32(number).ToArray(), .. rest];
}
