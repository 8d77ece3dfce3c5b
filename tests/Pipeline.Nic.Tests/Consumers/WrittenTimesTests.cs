using Pipeline.Nic.Consumers.Captures;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers;

/// <summary>Times that few captures have are in a copy what they were.</summary>
public sealed class WrittenTimesTests
{
    private const long Second = 1_000_000_000;
    private static readonly byte[] Data = new byte[60];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Times_before_1970_are_kept_and_so_are_those_after_it_on_the_same_interface(bool bigEndian)
    {
        var c = new CaptureBytes(bigEndian);
        c.Section().Interface(options: [.. c.Option(9, [9]), .. c.LongOption(14, unchecked((ulong)-7200))]).Enhanced(0, 1_000_000_001, Data).Enhanced(0, 8_000 * (ulong)Second, Data);
        using var copy = Copy(c);
        Assert.Equal([(-7199L * Second) + 1, 800 * (Int128)Second], WrittenBlock.Times(copy.Files[0]));
        Assert.Single(copy.Blocks, b => b.Type == WrittenBlock.Interface);
    }

    [Fact]
    public void A_time_beyond_2262_is_kept()
    {
        var c = new CaptureBytes();
        var year2500 = 16_725_225_600UL;
        c.Section().Interface(options: c.Option(9, [6])).Enhanced(0, 1_700_000_000_000_000, Data).Enhanced(0, (year2500 * 1_000_000) + 7, Data).Enhanced(0, 1_700_000_000_000_001, Data);
        using var copy = Copy(c);
        Assert.Equal([1_700_000_000 * (Int128)Second, (year2500 * (Int128)Second) + 7000, (1_700_000_000 * (Int128)Second) + 1000], WrittenBlock.Times(copy.Files[0]));
    }

    [Fact]
    public void Times_further_apart_than_64_bits_of_nanoseconds_are_of_interfaces_that_count_from_elsewhere()
    {
        var c = new CaptureBytes();
        var seconds = new ulong[] { 100_000_000_000, 5, 100_000_000_001, 6, 7_000_000_000_000 };
        c.Section().Interface(options: c.Option(9, [0]));
        foreach (var second in seconds) c.Enhanced(0, second, Data);
        using var copy = Copy(c);
        Assert.Equal(seconds.Select(s => (Int128?)(s * (Int128)Second)), WrittenBlock.Times(copy.Files[0]));
        Assert.Equal(3, copy.Blocks.Count(b => b.Type == WrittenBlock.Interface));
    }

    [Fact]
    public void An_interface_is_described_only_so_many_times_and_what_then_does_not_fit_is_told()
    {
        var c = new CaptureBytes();
        c.Section().Interface(options: c.Option(9, [0]));
        for (var i = 1UL; i <= 30; i++) c.Enhanced(0, i * 1_000_000_000_000, Data);
        using var copy = Copy(c);
        Assert.Equal(16, copy.Blocks.Count(b => b.Type == WrittenBlock.Interface));
        Assert.StartsWith("14 packets of times too far apart", copy.Notes[1]);
        Assert.Equal(30, copy.Packets.Count);
    }

    [Fact]
    public void A_packet_without_a_time_gets_none()
    {
        using var copy = Copy(new CaptureBytes().Section().Interface().Simple(60, Data).Enhanced(0, 1_000_000, Data).Simple(61, [.. Data, 7]).Simple(0, []));
        Assert.Equal([null, (Int128)Second, null, null], WrittenBlock.Times(copy.Files[0]));
        Assert.Single(copy.Notes);
    }

    [Fact]
    public void A_packet_without_a_time_that_is_cut_as_the_copy_says_gets_none()
    {
        using var copy = new CopiedCapture(new CaptureBytes().Section().Interface().Simple(60, Data).ToArray()).Write(snapLength: 20);
        Assert.Equal([(Int128?)null], WrittenBlock.Times(copy.Files[0]));
        Assert.Equal(4 + 20, copy.Blocks.Single(b => b.Type == WrittenBlock.Simple).Body.Length);
    }

    [Fact]
    public void Where_the_format_needs_a_time_it_is_that_of_1970_and_told()
    {
        // A simple packet block is of a file's first interface, and here that is another section's.
        using var copy = Copy(new CaptureBytes().Section().Interface().Enhanced(0, 1_000_000, Data).Section().Interface().Simple(60, Data));
        Assert.Equal([(Int128)Second, (Int128)0], WrittenBlock.Times(copy.Files[0]));
        Assert.Equal("1 packet without a time got that of 1970-01-01", copy.Notes[1]);

        using var pcap = new CopiedCapture(new CaptureBytes().Section().Interface().Simple(60, Data).ToArray()).Write("copy.pcap");
        Assert.StartsWith("1 packet without a time got that of 1970-01-01; a file named .pcapng", pcap.Notes[1]);
    }

    [Fact]
    public void Pcap_tells_of_times_that_it_cannot_hold()
    {
        var c = new CaptureBytes();
        c.Section().Interface(options: c.LongOption(14, unchecked((ulong)-10))).Enhanced(0, 0, Data).Enhanced(0, 11_000_000, Data).Enhanced(0, 5_000_000_000_000_000, Data).Enhanced(0, ulong.MaxValue, Data);
        using var copy = new CopiedCapture(c.ToArray()).Write("copy.pcap");
        Assert.StartsWith("3 packets outside of 1970 to 2106", copy.Notes[1]);
    }

    [Fact]
    public void A_packet_without_a_time_neither_begins_nor_ends_a_files_duration()
    {
        var c = new CaptureBytes().Section().Interface().Simple(60, Data);
        foreach (var second in new ulong[] { 0, 4, 6 }) c.Enhanced(0, second * 1_000_000, Data).Simple(60, Data);
        using var copy = new CopiedCapture(c.ToArray()).Write(rotation: new CaptureRotation { Duration = TimeSpan.FromSeconds(5) });
        Assert.Equal([5, 2], copy.Files.Select(f => WrittenBlock.Times(f).Count));
    }

    private static CopiedCapture Copy(CaptureBytes capture) => new CopiedCapture(capture.ToArray()).Write();
}
