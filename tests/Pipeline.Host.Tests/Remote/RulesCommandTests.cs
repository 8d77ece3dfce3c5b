using Pipeline.Host.Tests.Server;
using Xunit;

namespace Pipeline.Host.Tests.Remote;

/// <summary>The commands that look at a running pipeline's rules.</summary>
public sealed class RulesCommandTests
{
    private const string Other = "rule udp match 23:ff:11 mark 0x20\nrule dns match 36:ffff:0035 mark 0x30\nrule tcp match 23:ff:06 mark 0x40\n";
    private const string Rate = "[0-9.]+( [kM])?";
    private const string Bad = "rule dns match 36:ffff:0035 mark 0x10\nrule x match 23:ff:1111 mark 1\n";

    [Fact]
    public async Task The_list_says_what_is_in_force_since_when_and_what_it_counts()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served);

        Assert.Equal(0, await me.Runs("rules", "list"));

        var lines = me.Out.Split('\n');
        Assert.Matches("^generation 1 in force since [-0-9: ]{19} UTC, from first.rules \\(start\\)$", lines[0]);
        Assert.Matches("^rule +mark +packets +bytes +pkt/s +bit/s$", lines[1]);
        Assert.Matches($"^dns +0x10 +25 +1500 +{Rate} +{Rate}$", lines[2]);
        Assert.Matches($"^udp +0x20 +75 +4500 +{Rate} +{Rate}$", lines[3]);
        Assert.Matches($"^unmatched +- +0 +0 +{Rate} +{Rate}$", lines[4]);
    }

    [Fact]
    public async Task The_rules_come_as_they_were_written_to_be_edited()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served);

        Assert.Equal(0, await me.Runs("rules", "list", "--text"));

        Assert.Equal(ServedRun.Rules, me.Out);
    }

    [Fact]
    public async Task A_script_gets_what_the_server_says()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served);

        Assert.Equal(0, await me.Runs("rules", "list", "--json"));

        Assert.Equal((1, ServedRun.Rules, 25), (me.Json.GetProperty("generation").GetInt32(), me.Json.GetProperty("text").GetString(), me.Json.GetProperty("rules")[0].GetProperty("packets").GetInt32()));
        Assert.Empty(me.Error);
    }

    [Theory]
    [InlineData("90 s", "rules", "apply")]
    [InlineData("90 s", "rules", "confirm")]
    [InlineData("30 s", "cluster", "show")]
    public async Task Rules_are_waited_for_longer_than_a_cluster_takes_to_answer(string expected, params string[] command)
    {
        var me = new Operator("http://127.0.0.1:1");

        Assert.Equal(0, await me.Runs([.. command, "--help"]));

        Assert.Contains($"(default {expected})", me.Out);
    }

    [Fact]
    public async Task A_check_points_at_the_place_in_the_file_with_the_running_pipelines_words()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served);
        var file = served.Write("bad.rules", Bad);

        Assert.Equal(65, await me.Runs("rules", "check", file));

        Assert.StartsWith($"{file}:2:20: error: ", me.Error);
        Assert.Contains("  2 | rule x match 23:ff:1111 mark 1\n    |                    ^^^^", me.Error);
        Assert.EndsWith("1 error, 0 warnings\n", me.Error);
        Assert.Empty(me.Out);
    }

    [Fact]
    public async Task A_check_knows_the_routes_of_the_running_pipeline_and_says_what_would_change()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served) { Input = Other };

        Assert.Equal(0, await me.Runs("rules", "check", "-"));

        Assert.Contains("standard input:3:1: warning: rule 'tcp': no route takes its mark 0x40", me.Error);
        Assert.Equal("rules: 1 added (tcp), 1 changed (dns), another order\n", me.Out);
        Assert.Single(served.Run.RuleHistory);
    }

    [Fact]
    public async Task A_check_for_a_script_has_the_form_of_a_check_of_files()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served) { Input = Bad };

        Assert.Equal(65, await me.Runs("rules", "check", "-", "--json"));

        Assert.Equal(("pipeline.check/1", 1, 2), (me.Json.GetProperty("schema").GetString(), me.Json.GetProperty("errors").GetInt32(), me.Json.GetProperty("diagnostics")[0].GetProperty("line").GetInt32()));
    }

    [Fact]
    public async Task A_diff_shows_the_lines_that_differ()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served) { Input = Other };

        Assert.Equal(0, await me.Runs("rules", "diff", "-"));

        Assert.Equal(
            """
            --- generation 1 (first.rules)
            +++ standard input
            > rule udp match 23:ff:11 mark 0x20
            - rule dns match 36:ffff:0035 mark 0x10
            + rule dns match 36:ffff:0035 mark 0x30
            + rule tcp match 23:ff:06 mark 0x40

            """,
            me.Out);
    }

    [Fact]
    public async Task A_terminal_shows_a_diff_in_colours_unless_none_are_wanted()
    {
        await using var served = await ServedRun.Start();
        var (me, plain) = (new Operator(served) { HasColours = true }, new Operator(served, ("NO_COLOR", "1")) { HasColours = true });
        me.Input = plain.Input = "rule dns match 36:ffff:0035 mark 0x10\n";

        await me.Runs("rules", "diff", "-");
        await plain.Runs("rules", "diff", "-");

        Assert.EndsWith("\u001b[31m- rule udp match 23:ff:11 mark 0x20\u001b[0m\n", me.Out);
        Assert.EndsWith("\n- rule udp match 23:ff:11 mark 0x20\n", plain.Out);
    }

    [Theory]
    [InlineData(ServedRun.Rules, 0, "the same rules\n")]
    [InlineData("# a word\n" + ServedRun.Rules, 0, "the same rules; the texts differ in comments or spaces\n")]
    [InlineData("", 1, "- rule udp")]
    public async Task A_script_learns_from_the_exit_code_whether_rules_differ(string text, int code, string said)
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served) { Input = text };

        Assert.Equal(code, await me.Runs("rules", "diff", "-", "--exit-code"));

        Assert.Contains(said, me.Out);
    }

    [Fact]
    public async Task A_diff_for_a_script_names_each_edit()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served) { Input = Other };

        Assert.Equal(0, await me.Runs("rules", "diff", "-", "--json"));

        Assert.Equal(["moved", "changed", "added"], me.Json.GetProperty("edits").EnumerateArray().Select(e => e.GetProperty("kind").GetString()!));
        Assert.False(me.Json.GetProperty("sameRules").GetBoolean());
    }

    [Fact]
    public async Task A_diff_with_a_broken_file_says_where_it_is_broken()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served) { Input = Bad };

        Assert.Equal(65, await me.Runs("rules", "diff", "-", "--exit-code"));

        Assert.StartsWith("standard input:2:20: error: ", me.Error);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_66_and_one_that_is_too_long_65()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served) { Input = new string('#', (4 << 20) + 1) };

        Assert.Equal(66, await me.Runs("rules", "check", "/nowhere/x.rules"));
        Assert.Equal(65, await me.Runs("rules", "check", "-"));
        Assert.Equal("error: standard input: has 4194305 bytes; a running pipeline takes at most 4194304\n", me.Error);
    }
}
