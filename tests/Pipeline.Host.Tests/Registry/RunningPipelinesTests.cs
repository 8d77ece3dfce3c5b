using Pipeline.Host.Registry;
using Pipeline.Host.Schema;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.Registry;

public sealed class RunningPipelinesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_run_is_found_by_its_name_until_it_ends()
    {
        using (NameClaim.Take(Pipelines, Entry("edge")))
        {
            Assert.Equal("http://127.0.0.1:8480", Pipelines.Find("edge", out _)!.Url);
        }

        Assert.Null(Pipelines.Find("edge", out _));
        Assert.Empty(Directory.GetFileSystemEntries(Folder));
    }

    [Fact]
    public void A_second_run_of_a_name_gets_a_number()
    {
        using var first = NameClaim.Take(Pipelines, Entry("edge"));
        using var second = NameClaim.Take(Pipelines, Entry("edge"));

        Assert.Equal(("edge", "edge-2"), (first.Name, second.Name));
        Assert.Equal(["edge", "edge-2"], Pipelines.All(out _).Select(p => p.Name));
    }

    [Fact]
    public void An_entry_is_its_owners_alone()
    {
        using var claim = NameClaim.Take(Pipelines, Entry("edge"));

        Assert.Equal("600\n", Tool.Run("stat", "-c", "%a", RunningPipelines.FileOf(Folder, "edge")).Output);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void What_an_ended_process_left_behind_is_removed_even_if_its_number_was_given_again(int ticksLater)
    {
        var ended = ticksLater == 0 ? Entry("edge") with { Pid = int.MaxValue } : Entry("edge") with { PidStarted = ProcessStart.OfThisProcess - ticksLater };
        NameClaim.Take(Pipelines, ended);

        Assert.Empty(Pipelines.All(out _));
        Assert.Empty(Directory.GetFileSystemEntries(Folder));
    }

    [Fact]
    public void A_process_of_another_namespace_is_not_judged()
    {
        NameClaim.Take(Pipelines, Entry("edge") with { Pid = int.MaxValue, PidNamespace = "pid:[1]" });
        NameClaim.Take(Pipelines, Entry("near") with { Pid = int.MaxValue, PidNamespace = PidNamespace.OfThisProcess });

        using var next = NameClaim.Take(Pipelines, Entry("edge"));

        Assert.StartsWith("pid:[", PidNamespace.OfThisProcess);
        Assert.Equal(["edge", "edge-2"], Pipelines.All(out _).Select(p => p.Name));
    }

    [Fact]
    public void The_end_of_a_run_removes_no_entry_of_another()
    {
        var first = NameClaim.Take(Pipelines, Entry("edge") with { PidNamespace = "pid:[1]" });
        File.Delete(RunningPipelines.FileOf(Folder, "edge"));
        using var second = NameClaim.Take(Pipelines, Entry("edge"));

        first.Dispose();

        Assert.Equal("edge", Assert.Single(Pipelines.All(out _)).Name);
        Assert.Single(Directory.GetFileSystemEntries(Folder));
    }

    [Fact]
    public async Task Whoever_finds_what_is_left_at_the_same_time_leaves_no_file_behind()
    {
        for (var round = 0; round < 50; round++)
        {
            NameClaim.Take(Pipelines, Entry("edge") with { Pid = int.MaxValue });

            var claims = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => NameClaim.Take(Pipelines, Entry("edge")))));

            Assert.All(Directory.GetFileSystemEntries(Folder), f => Assert.EndsWith(".json", f));
            foreach (var claim in claims) claim.Dispose();
            Assert.Empty(Directory.GetFileSystemEntries(Folder));
        }
    }

    [Fact]
    public void The_name_of_an_ended_process_is_free()
    {
        NameClaim.Take(Pipelines, Entry("edge") with { Pid = int.MaxValue });

        using var next = NameClaim.Take(Pipelines, Entry("edge"));

        Assert.Equal("edge", next.Name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("[1]")]
    public void A_file_that_is_no_entry_is_left_alone(string text)
    {
        Directory.CreateDirectory(Folder);
        File.WriteAllText(RunningPipelines.FileOf(Folder, "edge"), text);

        Assert.Empty(Pipelines.All(out _));
        using var next = NameClaim.Take(Pipelines, Entry("edge"));
        Assert.Equal("edge-2", next.Name);
    }

    [Fact]
    public void A_pipe_among_the_entries_is_waited_for_by_nobody()
    {
        Directory.CreateDirectory(Folder);
        Assert.Equal(0, Tool.Run("mkfifo", RunningPipelines.FileOf(Folder, "edge")).ExitCode);

        Assert.Empty(Pipelines.All(out _));
    }

    [FactThatNeeds(Need.Root)]
    public void An_entry_that_another_user_wrote_is_not_believed_and_its_name_is_taken()
    {
        using var claim = NameClaim.Take(Pipelines, Entry("edge"));
        Assert.Equal(0, Tool.Run("chown", "65534", RunningPipelines.FileOf(Folder, "edge")).ExitCode);

        using var next = NameClaim.Take(Pipelines, Entry("edge"));

        Assert.Equal("edge-2", next.Name);
        Assert.Equal("edge-2", Assert.Single(Pipelines.All(out var others)).Name);
        Assert.Equal(["edge"], others);
    }

    [Fact]
    public void A_name_of_64_characters_has_room_for_a_number()
    {
        var name = new string('x', 64);
        using var first = NameClaim.Take(Pipelines, Entry(name));
        using var second = NameClaim.Take(Pipelines, Entry(name));

        Assert.Equal(new string('x', 62) + "-2", second.Name);
    }

    [Fact]
    public void A_run_that_finds_no_folder_goes_on_and_knows_why()
    {
        File.WriteAllText(_folder["file"], "");

        using var claim = NameClaim.Take(new RunningPipelines([_folder["file"]]), Entry("edge"));

        Assert.Equal("edge", claim.Name);
        Assert.StartsWith(_folder["file"], claim.Problem);
    }

    [Theory]
    [InlineData("12 (a b) c) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20", 4711L)]
    [InlineData("12 (x) Z 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20", null)]
    [InlineData("12 (x) S 1", null)]
    [InlineData("", null)]
    public void The_start_of_a_process_stands_behind_its_name(string text, long? start) => Assert.Equal(start, ProcessStart.OfText(text));

    private string Folder => _folder["run"];

    private RunningPipelines Pipelines => new([Folder]);

    private static PipelineJson Entry(string name) =>
        new(name, Environment.ProcessId, ProcessStart.OfThisProcess, "http://127.0.0.1:8480", ["eth0"], "eth0", DateTimeOffset.UnixEpoch);
}
