using Pipeline.Nic.Consumers.Captures;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;
using Pipeline.TestSupport;
using Xunit;
using static Pipeline.Nic.Tests.Consumers.CommentedCapture;

namespace Pipeline.Nic.Tests.Consumers;

/// <summary>What a pcapng capture says besides its packets is in every file that is written of it.</summary>
public sealed class MetadataInFilesTests
{
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

    private static MarkTable Table(string rules)
    {
        var set = RuleParser.Parse(new SourceText("test.rules", rules), out var diagnostics);
        Assert.Empty(diagnostics);
        return MarkTable.Compile(set!);
    }
}
