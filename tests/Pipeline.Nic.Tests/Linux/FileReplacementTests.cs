using Pipeline.Nic.Linux;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Linux;

public sealed class FileReplacementTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_file_has_the_old_contents_until_the_new_ones_are_whole()
    {
        File.WriteAllText(_folder["f"], "old");

        using var replacement = FileReplacement.Write(_folder["f"], "new"u8);

        Assert.Equal("old", File.ReadAllText(_folder["f"]));
        replacement.Commit();
        Assert.Equal("new", File.ReadAllText(_folder["f"]));
        Assert.Equal([_folder["f"]], Directory.GetFiles(_folder.FullName));
    }

    [Fact]
    public void A_replacement_that_is_not_committed_leaves_nothing_behind()
    {
        File.WriteAllText(_folder["f"], "old");

        FileReplacement.Write(_folder["f"], "new"u8).Dispose();

        Assert.Equal("old", File.ReadAllText(_folder["f"]));
        Assert.Equal([_folder["f"]], Directory.GetFiles(_folder.FullName));
    }

    [Fact]
    public void The_file_keeps_its_mode()
    {
        File.WriteAllText(_folder["f"], "old");
        Tool.Run("chmod", "640", _folder["f"]);

        Replace(_folder["f"]);

        Assert.Equal("640\n", ModeOf(_folder["f"]));
    }

    [FactThatNeeds(Need.Root)]
    public void The_file_keeps_its_owner()
    {
        File.WriteAllText(_folder["f"], "old");
        Assert.Equal(0, Tool.Run("chown", "65534:65533", _folder["f"]).ExitCode);

        Replace(_folder["f"]);

        Assert.Equal("65534:65533\n", Tool.Run("stat", "-c", "%u:%g", _folder["f"]).Output);
    }

    [Fact]
    public void A_file_that_was_not_there_is_readable_for_everyone_unless_it_is_to_be_otherwise()
    {
        Replace(_folder["f"]);

        Assert.Equal("644\n", ModeOf(_folder["f"]));
        using (var secret = FileReplacement.Write(_folder["s"], "new"u8, newMode: 0x180)) secret.Commit();
        Assert.Equal("600\n", ModeOf(_folder["s"]));
    }

    [Fact]
    public void A_link_stays_and_what_it_leads_to_is_replaced()
    {
        Directory.CreateDirectory(_folder["there"]);
        File.WriteAllText(Path.Combine(_folder["there"], "f"), "old");
        File.CreateSymbolicLink(_folder["near"], "there/f");
        File.CreateSymbolicLink(_folder["link"], "near");

        Replace(_folder["link"]);

        Assert.Equal("new", File.ReadAllText(Path.Combine(_folder["there"], "f")));
        Assert.Equal(("near", "there/f"), (new FileInfo(_folder["link"]).LinkTarget, new FileInfo(_folder["near"]).LinkTarget));
    }

    [Theory]
    [InlineData("etc/f")]
    [InlineData("etc/../deep/real/f")]
    public void A_link_in_a_linked_folder_counts_from_where_the_folder_is(string path)
    {
        Directory.CreateDirectory(_folder["deep/real"]);
        Directory.CreateDirectory(_folder["deep/deep/real"]);
        Directory.CreateSymbolicLink(_folder["etc"], "deep/real");
        File.CreateSymbolicLink(_folder["deep/real/f"], "../shared");
        File.WriteAllText(_folder["deep/shared"], "old");
        File.WriteAllText(_folder["shared"], "another's");

        // Behind the linked folder, .. is deep, in which there is another deep.
        if (path.Contains("..")) File.CreateSymbolicLink(_folder["deep/deep/real/f"], "../../shared");
        Replace(_folder[path]);

        Assert.Equal(("new", "another's"), (File.ReadAllText(_folder["deep/shared"]), File.ReadAllText(_folder["shared"])));
        Assert.Equal("../shared", new FileInfo(_folder["deep/real/f"]).LinkTarget);
    }

    [Fact]
    public void What_a_link_leads_to_is_made_where_it_is_not_there()
    {
        File.CreateSymbolicLink(_folder["link"], "f");

        Replace(_folder["link"]);

        Assert.Equal("f", new FileInfo(_folder["link"]).LinkTarget);
        Assert.Equal("new", File.ReadAllText(_folder["f"]));
    }

    [Fact]
    public void Links_that_lead_in_a_circle_are_refused()
    {
        File.CreateSymbolicLink(_folder["a"], "b");
        File.CreateSymbolicLink(_folder["b"], "a");

        Assert.Equal(Errno.ELOOP, Assert.Throws<LinuxException>(() => FileReplacement.Write(_folder["a"], "new"u8)).Errno);
    }

    [Fact]
    public void What_is_no_regular_file_is_not_replaced() =>
        Assert.Contains("is not a regular file", Assert.Throws<IOException>(() => FileReplacement.Write("/dev/null", "new"u8)).Message);

    [Fact]
    public void A_folder_that_is_not_there_is_named() =>
        Assert.StartsWith($"{_folder["no/f"]}: open failed: ", Assert.Throws<LinuxException>(() => FileReplacement.Write(_folder["no/f"], "new"u8)).Message);

    [Fact]
    public void What_a_killed_process_left_behind_goes_with_the_next_replacement_once_it_is_old()
    {
        var (left, fresh, other) = (_folder[".f.0123abcd.new"], _folder[".f.89abcdef.new"], _folder[".g.0123abcd.new"]);
        foreach (var file in (string[])[left, fresh, other]) File.WriteAllText(file, "half");
        foreach (var file in (string[])[left, other]) File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddDays(-1));

        Replace(_folder["f"]);

        Assert.Equal([fresh, other, _folder["f"]], Directory.GetFiles(_folder.FullName).Order(StringComparer.Ordinal));
    }

    private static string ModeOf(string file) => Tool.Run("stat", "-c", "%a", file).Output;

    private static void Replace(string file)
    {
        using var replacement = FileReplacement.Write(file, "new"u8);
        replacement.Commit();
    }
}
