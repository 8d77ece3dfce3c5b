using Pipeline.Actors;
using Pipeline.Host.Running;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.Running;

public sealed class RuleReloadTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _text = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_file_is_read_again_and_handed_to_the_run()
    {
        var run = new FakeRun();
        await File.WriteAllTextAsync(_folder["edge.rules"], "rule all match 0:00:00 mark 1\n");

        await new RuleReload(run, _folder["edge.rules"], _text).Reload();

        Assert.Equal(("rule all match 0:00:00 mark 1\n", _folder["edge.rules"], "SIGHUP"), Assert.Single(run.Applied));
    }

    [Fact]
    public async Task What_changed_is_told_in_one_line()
    {
        var delta = new RuleSetDelta(["web"], ["dns", "old"], ["guests"], 4, true, false);

        await Reload(new RuleChange { Outcome = RuleOutcome.Applied, Generation = 3, Delta = delta });

        Assert.Equal("rules: generation 3 in force: 1 added (web), 2 removed (dns, old), 1 changed (guests), another order\n", _text.ToString());
    }

    [Fact]
    public async Task Of_many_rules_the_first_are_named()
    {
        var delta = new RuleSetDelta([.. Enumerable.Range(0, 300).Select(i => $"r{i}")], [], [], 0, false, false);

        await Reload(new RuleChange { Outcome = RuleOutcome.Applied, Generation = 2, Delta = delta });

        Assert.Contains("300 added (r0, r1, r2, r3, r4, r5, r6, r7, ...)", _text.ToString());
    }

    [Fact]
    public async Task Errors_are_told_with_their_place_and_what_stays_in_force()
    {
        var error = Diagnostic.Error(new SourceText("edge.rules", "rule"), new TextSpan(0, 4), "the rule ends before its name");

        await Reload(new RuleChange { Outcome = RuleOutcome.Invalid, Generation = 1, Diagnostics = [error] });

        Assert.StartsWith("edge.rules:1:1: error: the rule ends", _text.ToString());
        Assert.EndsWith("error: 1 error in the new rules; generation 1 stays in force\n", _text.ToString());
    }

    [Fact]
    public async Task A_file_that_is_no_text_is_told_and_nothing_is_applied()
    {
        var run = new FakeRun();
        await File.WriteAllBytesAsync(_folder["edge.rules"], [1, 0, 2]);

        await new RuleReload(run, _folder["edge.rules"], _text).Reload();

        Assert.Empty(run.Applied);
        Assert.EndsWith("is not text: byte 1 is 0; the rules stay as they are\n", _text.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n\n")]
    public async Task A_file_that_was_emptied_takes_no_rule_away(string text)
    {
        var run = new FakeRun();
        await File.WriteAllTextAsync(_folder["edge.rules"], text);

        await new RuleReload(run, _folder["edge.rules"], _text).Reload();

        Assert.Empty(run.Applied);
        Assert.Equal($"error: {_folder["edge.rules"]} has no rules; those in force stay (pipeline rules apply --empty takes all away)\n", _text.ToString());
    }

    private async Task Reload(RuleChange answer)
    {
        await File.WriteAllTextAsync(_folder["edge.rules"], "rule all match 0:00:00 mark 1\n");
        await new RuleReload(new FakeRun { Answer = answer }, _folder["edge.rules"], _text).Reload();
    }
}
