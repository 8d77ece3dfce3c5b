using Pipeline.TestSupport;
using Xunit;
using static Pipeline.Nic.Tests.Consumers.CommentedCapture;

namespace Pipeline.Nic.Tests.Consumers;

/// <summary>What a pcapng capture says of a packet besides its bytes is in a copy of it.</summary>
public sealed class PacketOptionsTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
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

    private static byte[] Number(bool bigEndian, uint number, ReadOnlySpan<byte> rest) => [.. new CaptureBytes(bigEndian).U32(number).ToArray(), .. rest];
}
