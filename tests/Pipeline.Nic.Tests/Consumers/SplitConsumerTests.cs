using Pipeline.Nic.Consumers;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers;

public sealed class SplitConsumerTests : IDisposable
{
    // A packet from PacketFeed starts with the low byte of its second.
    private const string ByFirstByte = """
        rule odd match 0:01:01 mark 1 continue
        rule one match 0:ff:01 mark 2
        rule two match 0:ff:02 mark 3
        rule never match 0:ff:fe mark 4
        """;

    private readonly TemporaryFolder _folder = new();
    private readonly PacketFeed _feed = new();

    public void Dispose()
    {
        _feed.Dispose();
        _folder.Dispose();
    }

    [FactThatNeeds(Need.Tcpdump)]
    public void Each_packet_is_in_the_file_of_every_rule_it_matched()
    {
        Split(Table(ByFirstByte), new SplitOptions(), Numbered(1), Numbered(2), Numbered(3), Numbered(4), Numbered(1));
        Assert.Equal(("1 3 1", "1 1", "2", "", "4"), (Of("odd"), Of("one"), Of("two"), Of("never"), Of("unmatched")));
        Assert.Equal(5, _feed.Delivered.Packets);
    }

    [FactThatNeeds(Need.Tcpdump)]
    public void A_rule_that_nothing_matched_has_an_empty_capture_that_can_be_opened()
    {
        Split(Table(ByFirstByte), new SplitOptions(), Numbered(1));
        var never = ReadBack.Tcpdump(_folder["never.pcapng"]);
        Assert.Equal((0, ""), (never.ExitCode, never.Output));
    }

    [FactThatNeeds(Need.Tcpdump)]
    public void More_rules_than_open_files_lose_nothing()
    {
        var rules = string.Join('\n', Enumerable.Range(0, 40).Select(i => $"rule r{i} match 0:ff:{i:x2} mark {i + 1}"));
        Split(Table(rules), new SplitOptions { MostOpenFiles = 3 }, [.. Enumerable.Range(0, 120).Select(i => Numbered(i % 41))]);
        Assert.Equal(("0 0 0", "17 17 17", "39 39", "40 40"), (Of("r0"), Of("r17"), Of("r39"), Of("unmatched")));
        Assert.Equal(120, _feed.Delivered.Packets);
    }

    [FactThatNeeds(Need.Tcpdump)]
    public void A_later_generation_goes_on_in_the_file_of_the_same_name()
    {
        var first = Table("rule one match 0:ff:01 mark 1");
        var second = Table("rule two match 0:ff:02 mark 1\nrule one match 0:ff:01 mark 2", generation: 2);
        using var consumer = new SplitConsumer(_folder.FullName, new SplitOptions(), () => first);
        _feed.Give(consumer, first, Numbered(1), Numbered(2));
        _feed.Give(consumer, second, Numbered(1), Numbered(2));
        consumer.Complete();
        Assert.Equal(("1 1", "2", "2"), (Of("one"), Of("two"), Of("unmatched")));
    }

    [Fact]
    public void A_missing_folder_is_made()
    {
        using var consumer = new SplitConsumer(_folder["a/b"], new SplitOptions(), () => Table(ByFirstByte));
        consumer.Complete();
        Assert.Equal(["never.pcapng", "odd.pcapng", "one.pcapng", "two.pcapng", "unmatched.pcapng"], Names("a/b"));
    }

    [Fact]
    public void A_file_in_the_place_of_the_folder_is_told()
    {
        File.WriteAllText(_folder["file"], "");
        var error = Assert.Throws<OutputException>(() => new SplitConsumer(_folder["file"], new SplitOptions(), () => Table(ByFirstByte)));
        Assert.StartsWith($"{_folder["file"]}: cannot be created: ", error.Message);
    }

    [FactThatNeeds(Need.Tcpdump)]
    public void A_packet_of_several_files_counts_as_delivered_only_when_all_of_them_took_it()
    {
        File.CreateSymbolicLink(_folder["one.pcapng"], "/dev/full");
        var table = Table(ByFirstByte);
        using var consumer = new SplitConsumer(_folder.FullName, new SplitOptions(), () => table);
        _feed.Give(consumer, table, Numbered(1), Numbered(2), Numbered(3));
        var error = Assert.Throws<OutputException>(consumer.Flush);
        consumer.Complete();
        Assert.StartsWith(_folder["one.pcapng"], error.Message);
        Assert.Equal((2, 1), (_feed.Delivered.Packets, _feed.OutputErrors.Packets));
        Assert.Equal(("1 3", "2"), (Of("odd"), Of("two")));
    }

    [Fact]
    public void After_a_file_failed_in_the_middle_of_a_batch_every_packet_has_one_fate()
    {
        File.CreateSymbolicLink(_folder["one.pcapng"], "/dev/full");
        var table = Table(ByFirstByte);
        using var consumer = new SplitConsumer(_folder.FullName, new SplitOptions(), () => table);
        Assert.Throws<OutputException>(() =>
        {
            for (var i = 0; i < 100; i++) _feed.Give(consumer, table, Large(1), Large(2), Large(1), Large(4));
        });
        _feed.Give(consumer, table, Large(1), Large(2));
        Assert.True(_feed.Delivered.Packets > 0 && _feed.OutputErrors.Packets > 2);
    }

    [Fact]
    public void Notes_have_a_line_for_each_file()
    {
        var consumer = Split(Table("rule one match 0:ff:01 mark 1"), new SplitOptions(), Numbered(1), Numbered(1), Numbered(2));
        Assert.Equal([$"1 packet in {_folder["unmatched.pcapng"]}", $"2 packets in {_folder["one.pcapng"]}"], consumer.Notes);
    }

    private static SentPacket Numbered(int number) => PacketFeed.Sized(60, (1_699_999_744 + number) * 1_000_000_000L);

    private static SentPacket Large(int number) => PacketFeed.Sized(100_000, (1_699_999_744 + number) * 1_000_000_000L);

    private static MarkTable Table(string rules, int generation = 1)
    {
        var set = RuleParser.Parse(new SourceText("test.rules", rules), out var diagnostics);
        Assert.Empty(diagnostics);
        return MarkTable.Compile(set! with { Generation = generation });
    }

    private SplitConsumer Split(MarkTable table, SplitOptions options, params SentPacket[] packets)
    {
        using var consumer = new SplitConsumer(_folder.FullName, options, () => table);
        _feed.Give(consumer, table, packets);
        consumer.Complete();
        return consumer;
    }

    /// <summary>The numbers of a file's packets, by tcpdump. A line that begins with a time is a packet's first.</summary>
    private string Of(string rule)
    {
        var read = ReadBack.Tcpdump(_folder[rule + ".pcapng"]);
        Assert.True(read.ExitCode == 0, read.Errors);
        return string.Join(' ', read.Output.Split('\n').Where(l => l.Length > 0 && char.IsAsciiDigit(l[0])).Select(l => long.Parse(l.Split('.')[0]) - 1_699_999_744));
    }

    private string[] Names(string folder) => [.. Directory.GetFiles(_folder[folder]).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];
}
