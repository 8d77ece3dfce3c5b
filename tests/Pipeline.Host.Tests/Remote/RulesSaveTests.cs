using Pipeline.Host.Tests.Server;
using Xunit;

namespace Pipeline.Host.Tests.Remote;

/// <summary>What is in force after a restart: the rule file that the pipeline started with, and the commands that write it.</summary>
public sealed class RulesSaveTests : IAsyncLifetime
{
    private const string File = "edge.rules";
    private const string Fewer = "rule dns match 36:ffff:0035 mark 0x10\n";

    private ServedRun _served = null!;
    private Operator _me = null!;

    public async Task InitializeAsync()
    {
        _served = await ServedRun.Start(ruleFile: File);
        _me = new Operator(_served) { Input = Fewer };
    }

    public async Task DisposeAsync() => await _served.DisposeAsync();

    [Fact]
    public async Task Rules_that_are_not_saved_are_running_only()
    {
        Assert.Equal(0, await _me.Runs("rules", "apply", "-"));

        Assert.Equal("rules: generation 2 in force: 1 removed (udp); running only\n", _me.Out);
        Assert.Equal($"a restart reads {Path}; write that too: pipeline rules apply --save --node {_served.Url}\n", _me.Error);
        Assert.Equal(ServedRun.Rules, Saved);
    }

    [Fact]
    public async Task Saved_rules_are_in_the_file_as_they_were_written()
    {
        Assert.Equal(0, await _me.Runs("rules", "apply", "-", "--save"));

        Assert.Equal($"rules: generation 2 in force: 1 removed (udp); saved in {Path}\n", _me.Out);
        Assert.Equal(Fewer, Saved);
    }

    [Fact]
    public async Task Rules_in_force_can_be_saved_later()
    {
        await _me.Runs("rules", "apply", "-");

        Assert.Equal(0, await _me.Runs("rules", "apply", "--save"));

        Assert.Equal($"rules: nothing has changed; generation 2 stays in force; saved in {Path}\n", _me.Out);
        Assert.Equal(Fewer, Saved);
    }

    [Fact]
    public async Task Rules_on_condition_are_saved_when_they_are_confirmed_and_not_before()
    {
        Assert.Equal(0, await _me.Runs("rules", "apply", "-", "--save", "--confirm", "10m"));
        Assert.EndsWith($" UTC; saved in {Path} then\n", _me.Out);
        Assert.Equal(ServedRun.Rules, Saved);

        Assert.Equal(0, await _me.Runs("rules", "confirm"));

        Assert.Equal($"rules: generation 2 is confirmed; saved in {Path}\n", _me.Out);
        Assert.Equal(Fewer, Saved);
    }

    [Fact]
    public async Task Rules_that_nobody_was_asked_to_save_are_running_only_once_confirmed_too()
    {
        await _me.Runs("rules", "apply", "-", "--confirm", "10m");

        Assert.Equal(0, await _me.Runs("rules", "confirm"));

        Assert.Equal("rules: generation 2 is confirmed; running only\n", _me.Out);
        Assert.Equal(ServedRun.Rules, Saved);
    }

    [Fact]
    public async Task Rules_that_wait_to_be_confirmed_cannot_be_saved_by_themselves()
    {
        await _me.Runs("rules", "apply", "-", "--confirm", "10m");

        Assert.Equal(1, await _me.Runs("rules", "apply", "--save"));

        Assert.Equal("error: generation 2 waits to be confirmed; `pipeline rules confirm --save` confirms and saves it\n", _me.Error);
        Assert.Equal(ServedRun.Rules, Saved);
        Assert.Equal(0, await _me.Runs("rules", "confirm", "--save"));
        Assert.Equal(Fewer, Saved);
    }

    [Fact]
    public async Task A_rollback_can_be_saved()
    {
        await _me.Runs("rules", "apply", "-", "--save");

        Assert.Equal(0, await _me.Runs("rules", "rollback", "--save"));

        Assert.Equal(ServedRun.Rules, Saved);
    }

    [Fact]
    public async Task Rules_that_are_in_the_file_already_are_said_to_be()
    {
        await System.IO.File.WriteAllTextAsync(Path, Fewer);

        Assert.Equal(0, await _me.Runs("rules", "apply", Path));

        Assert.Equal($"rules: generation 2 in force: 1 removed (udp); as in {Path}\n", _me.Out);
        Assert.Empty(_me.Error);
    }

    [Fact]
    public async Task The_list_says_whether_a_restart_reads_the_same_rules()
    {
        await _me.Runs("rules", "list");
        Assert.Contains($"\na restart reads the same rules from {Path}\n", _me.Out);

        await _me.Runs("rules", "apply", "-");
        await _me.Runs("rules", "list");

        Assert.Contains($"\nrunning only: a restart reads other rules from {Path}; ", _me.Out);
    }

    [Fact]
    public async Task The_list_says_that_the_file_is_gone()
    {
        System.IO.File.Delete(Path);

        Assert.Equal(0, await _me.Runs("rules", "list"));

        Assert.Contains($"\na restart fails: {Path}: no such file; ", _me.Out);
        Assert.Equal(0, await _me.Runs("rules", "apply", "--save"));
        Assert.Equal(ServedRun.Rules, Saved);
    }

    [Fact]
    public async Task The_history_says_which_generation_a_restart_reads()
    {
        await _me.Runs("rules", "apply", "-");

        Assert.Equal(0, await _me.Runs("rules", "history"));

        Assert.Matches(@"\n2 .* in force, running only\n1 .* start +read by a restart\n$", _me.Out);
    }

    [Fact]
    public async Task Bad_rules_are_saved_no_more_than_they_come_in_force()
    {
        _me.Input = "rule x match 23:ff:1111 mark 1\n";

        Assert.Equal(65, await _me.Runs("rules", "apply", "-", "--save"));

        Assert.Equal(ServedRun.Rules, Saved);
        Assert.Equal([Path], Directory.GetFiles(System.IO.Path.GetDirectoryName(Path)!, "*edge.rules*"));
    }

    [Fact]
    public async Task Where_the_file_cannot_be_written_nothing_is_changed()
    {
        System.IO.File.Delete(Path);
        Directory.CreateDirectory(Path);

        Assert.Equal(1, await _me.Runs("rules", "apply", "-", "--save"));

        Assert.Equal($"error: the rules cannot be saved: {Path}: is not a regular file; nothing was changed\n", _me.Error);
        Assert.Single(_served.Run.RuleHistory);
    }

    [Fact]
    public async Task Where_there_is_no_rule_file_nothing_is_saved_and_nothing_changed()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served) { Input = Fewer };

        Assert.Equal(1, await me.Runs("rules", "apply", "-", "--save"));

        Assert.StartsWith("error: the rules cannot be saved: this pipeline was not started with a rule file", me.Error);
        Assert.Single(served.Run.RuleHistory);
    }

    [Fact]
    public async Task A_dry_run_and_a_condition_on_the_rules_in_force_save_nothing()
    {
        Assert.Equal(2, await _me.Runs("rules", "apply", "-", "--dry-run", "--save"));
        Assert.Equal(2, await _me.Runs("rules", "apply", "--confirm", "60s", "--save"));
    }

    private string Path => _served[File];

    private string Saved => System.IO.File.ReadAllText(Path);
}
