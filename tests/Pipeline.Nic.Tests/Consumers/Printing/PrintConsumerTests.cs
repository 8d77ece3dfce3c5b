using Pipeline.Nic.Consumers;
using Pipeline.Nic.Consumers.Captures;
using Pipeline.Nic.Consumers.Printing;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Tests.Consumers.Flows;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers.Printing;

public sealed class PrintConsumerTests : IDisposable
{
    private const long Noon = 1_700_000_000_123_456_789;

    private static readonly byte[] Udp = IpPackets.Udp("10.0.0.1", 1, "10.0.0.2", 2, 4);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(PrintedTime.OfDay, "22:13:20.123456 IP")]
    [InlineData(PrintedTime.Unix, "1700000000.123456 IP")]
    [InlineData(PrintedTime.DateAndTime, "2023-11-14 22:13:20.123456 IP")]
    [InlineData(PrintedTime.None, "IP")]
    public void Times_have_the_form_that_was_asked_for(PrintedTime form, string expected) =>
        Assert.StartsWith(expected, Printed.Text(Printed.Plain with { Time = form }, new SentPacket(Udp, Noon)));

    [Fact]
    public void Times_of_day_are_those_of_the_zone_also_before_1970()
    {
        var india = TimeZoneInfo.CreateCustomTimeZone("test", TimeSpan.FromMinutes(330), "test", "test");

        Assert.StartsWith("05:29:59.999999 ", Printed.Text(Printed.Plain with { Time = PrintedTime.OfDay, Zone = india }, new SentPacket(Udp, -1)));
    }

    [Fact]
    public void A_packet_without_a_time_has_a_dash() =>
        Assert.StartsWith("- IP", Printed.Text(Printed.Plain with { Time = PrintedTime.OfDay }, new SentPacket(Udp, 0)));

    [Fact]
    public void The_fate_of_a_packet_is_at_the_end_of_its_line()
    {
        var rules = RuleParser.Parse(
            new("test", "rule all match 0:00:0 mark 0x1 continue\nrule udp match 23:ff:11 mark 0x10\n"), out _)!;
        var options = Printed.Plain with { ShowsFate = true, RouteOf = (mark, _) => mark == 0x10 ? "guests" : "stack" };

        var lines = Printed.Text(options, MarkTable.Compile(rules), LinkType.Ethernet, new(Udp, 1), new(IpPackets.Tcp("10.0.0.1", 1, "10.0.0.2", 2), 1)).Split('\n');

        Assert.EndsWith("| mark 0x10 rule all,udp route guests", lines[0]);
        Assert.EndsWith("| mark 0x1 rule all route stack", lines[1]);
    }

    [Fact]
    public void What_no_rule_matched_is_unmatched() => Assert.EndsWith(
        "| mark 0x0 rule unmatched\n",
        Printed.Text(Printed.Plain with { ShowsFate = true }, MarkTable.Compile(RuleSet.Empty), LinkType.Ethernet, new SentPacket(Udp, 1)));

    [Fact]
    public void Bytes_are_printed_in_rows_of_16()
    {
        var lines = Printed.Text(Printed.Plain with { Bytes = PrintedBytes.HexAndAscii, BytesBeginWithLink = true, SnapLength = 19 }, new SentPacket([.. "0123456789abcdef"u8, 0, 0x7f, 0x41, 0x42], 1)).Split('\n');

        Assert.Equal("\t0x0000:  3031 3233 3435 3637 3839 6162 6364 6566  0123456789abcdef", lines[1]);
        Assert.Equal("\t0x0010:  007f 41                                  ..A", lines[2]);
        Assert.Equal("", lines[3]);
    }

    [Fact]
    public void Bytes_as_text_keep_lines_and_lose_carriage_returns_before_them() => Assert.EndsWith(
        "GET /\n..\tx.\n", Printed.Text(Printed.Plain with { Bytes = PrintedBytes.Ascii }, new SentPacket([.. Udp, .. "GET /\r\n\r.\tx\u0001"u8], 1)));

    [Fact]
    public void A_packet_may_be_larger_than_the_buffer()
    {
        var text = Printed.Text(Printed.Plain with { Bytes = PrintedBytes.Hex, BytesBeginWithLink = true }, new SentPacket(new byte[300_000], 1));

        Assert.Equal(1 + (300_000 / 16), text.Count(c => c == '\n'));
        Assert.EndsWith("\t0x493d0:  0000 0000 0000 0000 0000 0000 0000 0000\n", text);
    }

    [Fact]
    public void Packets_printed_before_the_output_failed_are_delivered_and_the_others_are_not()
    {
        using var feed = new PacketFeed();
        using var consumer = new PrintConsumer(Printed.Plain, OutputFile.Create("/dev/full", null));

        Assert.Throws<OutputException>(() => feed.Give(consumer, new SentPacket(Udp, 1)));
        feed.Give(consumer, new SentPacket(Udp, 1));

        Assert.Equal((0, 2), (feed.Delivered.Packets, feed.OutputErrors.Packets));
    }

    [Fact]
    public void Printing_allocates_nothing_once_warm()
    {
        using var pool = new PacketPagePool("print", 512, 1);
        using var consumer = new PrintConsumer(new PrintOptions { Bytes = PrintedBytes.HexAndAscii }, OutputFile.Create("/dev/null", null));
        var bundle = new BundlePool(8).Rent(pool.Device, new("print", Accounts.AccountKind.Consumer), new(0, "eth0", LinkType.Ethernet, 0));
        Assert.True(pool.TryRent(out var page));
        pool.Device.Take(page, 1);
        Udp.CopyTo(pool.PageMemory(page));
        bundle.Append(new Packet { Offset = pool.OffsetOf(page), CapturedLength = Udp.Length, TimestampNanoseconds = Noon });

        Assert.Equal(0, Allocation.OnceWarm(() => consumer.Consume(new PacketBatch(bundle))));
        bundle.Dispose();
    }
}
