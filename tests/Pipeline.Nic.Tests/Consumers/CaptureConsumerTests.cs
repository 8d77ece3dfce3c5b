using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Consumers.Captures;
using Pipeline.Nic.Headers;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers;

public sealed class CaptureConsumerTests : IDisposable
{
    private const long Time = 1_700_000_000_123_456_789;

    private readonly TemporaryFolder _folder = new();
    private readonly PacketFeed _feed = new();

    public void Dispose()
    {
        _feed.Dispose();
        _folder.Dispose();
    }

    [TheoryThatNeeds(Need.Tshark)]
    [InlineData("out.pcap", "Wireshark/tcpdump/... - nanosecond pcap")]
    [InlineData("out.cap", "Wireshark/tcpdump/... - nanosecond pcap")]
    [InlineData("OUT.DMP", "Wireshark/tcpdump/... - nanosecond pcap")]
    [InlineData("out.pcapng", "Wireshark/... - pcapng")]
    [InlineData("out", "Wireshark/... - pcapng")]
    public void The_name_decides_the_format(string name, string expected)
    {
        Write(name, PacketFeed.Sized(60));
        Assert.Equal(expected, ReadBack.Capinfos(_folder[name])["File type"].Single());
    }

    [TheoryThatNeeds(Need.Tshark)]
    [InlineData("out.pcap")]
    [InlineData("out.pcapng")]
    public void Times_and_lengths_come_back_to_the_nanosecond_and_the_byte(string name)
    {
        Write(name, PacketFeed.Sized(60, Time), PacketFeed.Sized(61, Time + 1) with { WireLength = 1500 }, PacketFeed.Sized(0, Time + 2));
        var packets = ReadBack.Packets(_folder[name]).Select(p => p.Replace(" eth0", "").Trim());
        Assert.Equal(["1700000000.123456789 60 60", "1700000000.123456790 61 1500", "1700000000.123456791 0 0"], packets);
    }

    [TheoryThatNeeds(Need.Tcpdump)]
    [InlineData("out.pcap")]
    [InlineData("out.pcapng")]
    public void Tcpdump_reads_every_packet(string name)
    {
        Write(name, [.. Enumerable.Range(0, 40).Select(i => PacketFeed.Sized(14 + i, Time + i))]);
        var read = ReadBack.Tcpdump(_folder[name]);
        Assert.Equal((0, 40), (read.ExitCode, read.Output.Split('\n').Count(l => l.StartsWith("17000", StringComparison.Ordinal))));
    }

    [FactThatNeeds(Need.Tshark)]
    public void The_snap_length_cuts_what_is_written_but_not_what_is_counted()
    {
        using var consumer = new CaptureConsumer(new CaptureOptions { Path = _folder["out.pcapng"], SnapLength = 96 });
        _feed.Give(consumer, PacketFeed.Sized(1000, Time), PacketFeed.Sized(60, Time));
        consumer.Complete();
        Assert.Equal(["1700000000.123456789 96 1000 eth0", "1700000000.123456789 60 60 eth0"], ReadBack.Packets(_folder["out.pcapng"]));
        Assert.Equal(new PacketTally(2, 1060), _feed.Delivered);
    }

    [FactThatNeeds(Need.Tshark)]
    public void A_packet_without_a_time_gets_none()
    {
        Write("out.pcapng", PacketFeed.Sized(60, 0));
        Assert.Equal([" 60 60 eth0"], ReadBack.Packets(_folder["out.pcapng"]));
    }

    [FactThatNeeds(Need.Tshark)]
    public void An_interface_is_described_when_its_first_packet_comes()
    {
        var ppp = new NicInterface(1, "ppp0", LinkType.Ppp, 0);
        using var consumer = Capture("out.pcapng");
        _feed.Give(consumer, ppp, PacketFeed.Sized(60, Time));
        _feed.Give(consumer, PacketFeed.Sized(60, Time + 1));
        _feed.Give(consumer, ppp, PacketFeed.Sized(60, Time + 2));
        consumer.Complete();
        Assert.Equal(["ppp0", "eth0", "ppp0"], ReadBack.Packets(_folder["out.pcapng"]).Select(p => p.Split(' ')[^1]));
        Assert.Equal("2", ReadBack.Capinfos(_folder["out.pcapng"])["Number of interfaces in file"].Single());
    }

    [FactThatNeeds(Need.Tcpdump)]
    public void Interfaces_of_one_link_type_and_different_snap_lengths_make_a_file_tcpdump_reads()
    {
        using var consumer = Capture("out.pcapng");
        _feed.Give(consumer, new NicInterface(0, "a", LinkType.Ethernet, 96), PacketFeed.Sized(60));
        _feed.Give(consumer, new NicInterface(1, "b", LinkType.Ethernet, 65535), PacketFeed.Sized(60));
        consumer.Complete();
        Assert.Equal(0, ReadBack.Tcpdump(_folder["out.pcapng"]).ExitCode);
    }

    [FactThatNeeds(Need.Tshark)]
    public void Statistics_tell_what_was_received_and_dropped_and_written()
    {
        _feed.Ethernet.CountReceived(10);
        _feed.Ethernet.CountDropped(3);
        Write("out.pcapng", PacketFeed.Sized(60, Time), PacketFeed.Sized(60, Time + 5));
        var statistics = PcapngStatistics.Of(_folder["out.pcapng"]).Single();
        Assert.Equal(new PcapngStatistics(0, Time, Time + 5, 12, 3, 2), statistics);
    }

    [Fact]
    public void Pcap_refuses_a_second_link_type_and_says_what_can_hold_both()
    {
        using var consumer = Capture("out.pcap");
        _feed.Give(consumer, PacketFeed.Sized(60));
        var ppp = new NicInterface(1, "ppp0", LinkType.Ppp, 0);
        var error = Assert.Throws<OutputException>(() => _feed.Give(consumer, ppp, PacketFeed.Sized(60), PacketFeed.Sized(60)));
        Assert.Contains("Ethernet (link type 1, interface eth0)", error.Message);
        Assert.Contains("Ppp (link type 9, interface ppp0); a file named .pcapng can hold both", error.Message);
        Assert.Equal((1, 2), (_feed.Delivered.Packets, _feed.OutputErrors.Packets));
    }

    [Fact]
    public void Raw_ip_by_any_of_its_numbers_goes_into_one_pcap_file()
    {
        using var consumer = Capture("out.pcap");
        foreach (var number in new[] { 12, 101, 14 }) _feed.Give(consumer, new NicInterface(0, "tun", (LinkType)number, 0), PacketFeed.Sized(60));
        consumer.Complete();
        Assert.Equal(101, BitConverter.ToInt32(File.ReadAllBytes(_folder["out.pcap"]), 20));
        Assert.Equal(3, _feed.Delivered.Packets);
    }

    [Theory]
    [InlineData("x.pcap.gzip", "gzip")]
    [InlineData("x.BGZ", "bgzip")]
    [InlineData("x.bz", "bzip2")]
    [InlineData("x.pcapng.zip", "zip -")]
    [InlineData("x.sz", "snzip")]
    [InlineData("x.lz", "lzip")]
    [InlineData("x.pcapng.Zstd", "zstd")]
    [InlineData("x.lz4", "lz4")]
    [InlineData("x.pcap.xz", "xz")]
    [InlineData("x.bz2", "bzip2")]
    [InlineData(".xz", "xz")]
    public void A_name_that_promises_another_compressed_file_is_refused_with_the_program_that_makes_one(string name, string program)
    {
        var error = Assert.Throws<ArgumentException>(() => Capture(name));
        Assert.Contains($"would not be compressed, only .gz and .zst are; write to - and pipe it into `{program}`, or leave .", error.Message);
        Assert.False(File.Exists(_folder[name]));
    }

    [Theory]
    [InlineData("x.gz.pcap")]
    [InlineData("gz")]
    [InlineData("x.pcap.gz.1")]
    public void A_name_with_such_letters_elsewhere_is_a_name_as_any_other(string name)
    {
        Write(name, PacketFeed.Sized(60));
        Assert.True(File.Exists(_folder[name]));
    }

    [Fact]
    public void A_time_that_pcap_cannot_hold_is_written_as_the_nearest_and_told()
    {
        using var consumer = Capture("out.pcap");
        _feed.Give(consumer, PacketFeed.Sized(60, 5_000_000_000_000_000_000), PacketFeed.Sized(60, -1));
        consumer.Complete();
        Assert.StartsWith("2 packets outside of 1970 to 2106", consumer.Notes[1]);
    }

    [FactThatNeeds(Need.Tshark)]
    public void A_packet_larger_than_the_buffer_is_written_whole()
    {
        var options = new CaptureOptions { Path = _folder["out.pcapng"] };
        using var buffer = new BlockBuffer(CaptureLayout.MostHeaderBytes * 2);
        var writer = new CaptureWriter(options, buffer);
        using var consumer = new WriterConsumer(writer);
        _feed.Give(consumer, PacketFeed.Sized(60), PacketFeed.Sized(100_000), PacketFeed.Sized(61));
        consumer.Complete();
        Assert.Equal(["60", "100000", "61"], ReadBack.Packets(_folder["out.pcapng"]).Select(p => p.Split(' ')[1]));
    }

    [TheoryThatNeeds(Need.Tcpdump)]
    [InlineData("out.pcap")]
    [InlineData("out.pcapng")]
    public void A_capture_without_packets_can_be_opened(string name)
    {
        using var consumer = new CaptureConsumer(new CaptureOptions { Path = _folder[name], KnownInterfaces = () => [_feed.Ethernet] });
        consumer.Complete();
        Assert.Equal((0, ""), (ReadBack.Tcpdump(_folder[name]).ExitCode, ReadBack.Tcpdump(_folder[name]).Output));
    }

    [Fact]
    public void Packets_are_held_until_the_kernel_has_them()
    {
        using var consumer = Capture("out.pcapng");
        _feed.Give(consumer, PacketFeed.Sized(60), PacketFeed.Sized(100));
        Assert.Equal((new PacketTally(2, 160), default), (_feed.Account.Held, _feed.Delivered));
        consumer.Flush();
        Assert.Equal((default, new PacketTally(2, 160)), (_feed.Account.Held, _feed.Delivered));
    }

    [Fact]
    public void Packets_of_several_accounts_in_one_buffer_are_settled_each_with_its_own()
    {
        var copies = new PacketAccount("copies", AccountKind.Copy);
        using var consumer = Capture("out.pcapng");
        _feed.Give(consumer, PacketFeed.Sized(60));
        _feed.GiveAs(copies, consumer, PacketFeed.Sized(70), PacketFeed.Sized(80));
        _feed.Give(consumer, PacketFeed.Sized(90));
        consumer.Complete();
        Assert.Equal((new PacketTally(2, 150), new PacketTally(2, 150)), (_feed.Delivered, copies.DeliveredTally));
    }

    [FactThatNeeds(Need.Tshark)]
    public void Disposed_without_an_end_it_still_writes_what_it_holds()
    {
        var consumer = Capture("out.pcapng");
        _feed.Give(consumer, PacketFeed.Sized(60));
        consumer.Dispose();
        Assert.Equal(1, ReadBack.Count(_folder["out.pcapng"]));
    }

    [Fact]
    public void Notes_say_how_much_is_where()
    {
        using var consumer = Capture("out.pcapng");
        _feed.Give(consumer, PacketFeed.Sized(60));
        consumer.Complete();
        Assert.Equal([$"1 packet in {_folder["out.pcapng"]}"], consumer.Notes);
    }

    private CaptureConsumer Capture(string name) => new(new CaptureOptions { Path = _folder[name] });

    private void Write(string name, params SentPacket[] packets)
    {
        using var consumer = Capture(name);
        _feed.Give(consumer, packets);
        consumer.Complete();
    }
}
