using Pipeline.Nic.Linux;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Linux;

public class OptionalFilesTests
{
    [Fact]
    public void What_is_not_there_has_no_text_lines_bytes_entries_or_target()
    {
        using var folder = new TemporaryFolder();
        var nothing = folder["nothing"];

        Assert.Null(OptionalFiles.Text(nothing));
        Assert.Null(OptionalFiles.Bytes(nothing));
        Assert.Empty(OptionalFiles.Lines(nothing));
        Assert.Empty(OptionalFiles.Entries(nothing));
        Assert.Empty(OptionalFiles.Target(nothing));
    }

    [Fact]
    public void What_is_there_is_read()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["file"], "a\nb\n");
        File.CreateSymbolicLink(folder["link"], "file");

        Assert.Equal("a\nb\n", OptionalFiles.Text(folder["link"]));
        Assert.Equal(["a", "b"], OptionalFiles.Lines(folder["file"]));
        Assert.Equal("a\nb\n"u8.ToArray(), OptionalFiles.Bytes(folder["file"]));
        Assert.Equal([folder["file"], folder["link"]], OptionalFiles.Entries(folder["."]).Select(Path.GetFullPath).Order(StringComparer.Ordinal));
        Assert.Equal(("file", ""), (OptionalFiles.Target(folder["link"]), OptionalFiles.Target(folder["file"])));
    }
}
