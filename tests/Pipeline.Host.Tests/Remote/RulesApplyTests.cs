using System.Text.Json;
using Pipeline.Host.Tests.Server;
using Xunit;

namespace Pipeline.Host.Tests.Remote;

/// <summary>The commands that change a running pipeline's rules, or say what that would do.</summary>
public sealed class RulesApplyTests
{
    private const string Fewer = "rule dns match 36:ffff:0035 mark 0x10\n";
    private const string Bad = "rule dns match 36:ffff:0035 mark 0x10\nrule x match 23:ff:1111 mark 1\n";

    [Fact]
    public async Task Rules_of_a_file_come_into_force_under_the_name_of_who_applied_them()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served, ("USER", "alice"));
        var file = served.Write("new.rules", Fewer);

        Assert.Equal(0, await me.Runs("rules", "apply", file));

        Assert.Equal("rules: generation 2 in force: 1 removed (udp); running only\n", me.Out);
        var now = served.Run.RuleHistory[^1];
        Assert.Equal((Fewer, file, $"alice@{Environment.MachineName}, http 127.0.0.1"), (now.Text, now.Source, now.Who));
    }

    [Fact]
    public async Task The_same_rules_again_make_no_generation()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served) { Input = ServedRun.Rules };

        Assert.Equal(0, await me.Runs("rules", "apply", "-"));

        Assert.Equal("rules: nothing has changed; generation 1 stays in force\n", me.Out);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Bad_rules_are_65_with_their_places_and_those_in_force_stay(bool json)
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served) { Input = Bad };

        Assert.Equal(65, await me.Runs(["rules", "apply", "-", .. json ? ["--json"] : Array.Empty<string>()]));

        Assert.StartsWith("standard input:2:20: error: ", me.Error);
        Assert.EndsWith("error: the rules have errors; those in force stay\n", me.Error);
        Assert.Equal(ServedRun.Rules, served.Run.RulesText);
        if (json) Assert.Equal(422, me.Json.GetProperty("status").GetInt32());
        else Assert.Empty(me.Out);
    }

    [Theory]
    [InlineData("apply", "-", "--if-generation", "7")]
    [InlineData("apply", "-", "--if-generation", "7", "--dry-run")]
    [InlineData("rollback", "1", "--if-generation", "7")]
    public async Task Whoever_expects_another_generation_changes_nothing(params string[] arguments)
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served) { Input = Fewer };

        Assert.Equal(1, await me.Runs(["rules", .. arguments]));

        Assert.StartsWith("error: generation 1 is in force by now", me.Error);
        Assert.Single(served.Run.RuleHistory);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing\n")]
    public async Task A_file_without_rules_is_refused_before_anybody_is_asked(string text)
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served) { Input = text };

        Assert.Equal(65, await me.Runs("rules", "apply", "-"));

        Assert.Equal("error: standard input has no rules, and would take every rule away; --empty says that this is meant\n", me.Error);
        Assert.Single(served.Run.RuleHistory);
    }

    [Theory]
    [InlineData("rules", "apply", "--empty")]
    [InlineData("rules", "apply", "-", "--empty")]
    public async Task All_rules_go_when_that_is_meant(params string[] arguments)
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served);

        Assert.Equal(0, await me.Runs(arguments));

        Assert.Equal("rules: generation 2 in force: 2 removed (dns, udp); running only\n", me.Out);
        Assert.Contains("warning: there is no rule in this text; no packet gets a mark", me.Error);
        Assert.Equal("", served.Run.RulesText);
    }

    [Fact]
    public async Task Without_a_file_it_is_asked_which_rules_are_meant()
    {
        await using var served = await ServedRun.Start();

        Assert.Equal(2, await new Operator(served).Runs("rules", "apply"));
    }

    [Fact]
    public async Task A_check_a_dry_run_and_a_diff_of_nothing_say_that_it_is_nothing()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served) { Input = "# nothing\n" };

        foreach (var command in (string[][])[["rules", "check", "-"], ["rules", "apply", "-", "--dry-run"], ["rules", "diff", "-"]])
        {
            Assert.Equal(0, await me.Runs(command));
            Assert.Contains("warning: there is no rule in this text", me.Error);
        }

        Assert.Single(served.Run.RuleHistory);
    }

    [Fact]
    public async Task A_dry_run_says_what_would_change_and_changes_nothing()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served) { Input = Fewer };

        Assert.Equal(0, await me.Runs("rules", "apply", "-", "--dry-run", "--if-generation", "1"));

        Assert.Equal("rules: 1 removed (udp)\n", me.Out);
        Assert.EndsWith("a dry run: nothing was changed\n", me.Error);
        Assert.Single(served.Run.RuleHistory);
    }

    [Fact]
    public async Task A_dry_run_with_a_capture_tells_packets_and_flows_that_would_take_another_of_the_pipelines_routes()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served) { Input = "rule web match 36:ffff:0050 mark 0x10\n" };

        Assert.Equal(0, await me.Runs("rules", "apply", "-", "--dry-run", "-r", served.Capture));

        Assert.Contains("101 packets compared, 101 would go another way, 0 the same way", me.Out);
        Assert.Matches(@"stack \(udp, mark 0x20\) +copy to watch, dns \(web, mark 0x10\) +1 +75 +4500", me.Out);
        Assert.Matches(@"copy to watch, dns \(dns, mark 0x10\) +stack \(unmatched, mark 0x0\) +1 +26 +1560", me.Out);
        Assert.Matches(@"udp 0.0.0.0:0 0.0.0.0:80 +stack 0x20 +copy to watch, dns 0x10 +75", me.Out);
        Assert.Single(served.Run.RuleHistory);
    }

    [Fact]
    public async Task A_dry_run_for_a_script_counts_what_would_take_another_route()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served) { Input = Fewer };

        Assert.Equal(0, await me.Runs("rules", "apply", "-", "--dry-run", "-r", served.Capture, "--json"));

        var capture = me.Json.GetProperty("capture");
        Assert.Equal((101, 0, 75), (Packets(capture, "compared"), Packets(capture, "rerouted"), Packets(capture, "remarked")));
    }

    [Fact]
    public async Task A_dry_run_of_bad_rules_or_on_a_bad_capture_is_65()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served) { Input = Bad };

        Assert.Equal(65, await me.Runs("rules", "apply", "-", "--dry-run"));
        me.Input = Fewer;
        Assert.Equal(65, await me.Runs("rules", "apply", "-", "--dry-run", "-r", served.Write("no.pcap", "this is no capture, not at all")));
        Assert.Contains("at byte 0", me.Error);
        Assert.Equal(66, await me.Runs("rules", "apply", "-", "--dry-run", "-r", served["absent.pcap"]));
    }

    [Fact]
    public async Task Rules_on_condition_stay_once_they_are_confirmed()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served) { Input = Fewer };

        Assert.Equal(0, await me.Runs("rules", "apply", "-", "--confirm", "10m"));
        Assert.Matches("^rules: generation 2 in force: 1 removed \\(udp\\); to be confirmed by [0-9:]{8} UTC; running only\n$", me.Out);
        Assert.Equal($"keep it: pipeline rules confirm 2 --node {served.Url}\n", me.Error);
        Assert.Equal(0, await me.Runs("rules", "list"));
        Assert.Contains("\nto be confirmed by ", me.Out);
        Assert.Equal(0, await me.Runs("rules", "confirm"));
        Assert.Equal("rules: generation 2 is confirmed; running only\n", me.Out);
        Assert.Null(served.Run.RuleHistory[^1].ConfirmBy);
    }

    [Fact]
    public async Task Rules_that_nobody_confirms_go_and_a_late_confirmation_says_so()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served) { Input = Fewer };
        await using var events = await EventReader.Open(served, "?hz=20");

        Assert.Equal(0, await me.Runs("rules", "apply", "-", "--confirm", "1ms"));

        while (JsonDocument.Parse((await events.Next()).Data).RootElement.GetProperty("generation").GetInt32() < 3)
        {
        }

        Assert.Equal(ServedRun.Rules, served.Run.RulesText);
        Assert.Equal(1, await me.Runs("rules", "confirm"));
        Assert.StartsWith("error: nothing waits to be confirmed: generation 3 in force since ", me.Error);
        Assert.EndsWith("from first.rules (not confirmed in time)\n", me.Error);
        Assert.Equal(1, await me.Runs("rules", "confirm", "2"));
        Assert.StartsWith("error: generation 3 is in force by now", me.Error);
        Assert.Equal(0, await me.Runs("rules", "history"));
        Assert.Matches(@"\n2 .* never confirmed\n", me.Out);
    }

    [Fact]
    public async Task A_rollback_goes_to_the_generation_before_or_to_the_one_that_is_named()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served) { Input = Fewer };
        await me.Runs("rules", "apply", "-");

        Assert.Equal(0, await me.Runs("rules", "rollback"));
        Assert.Equal("rules: generation 3 in force: 1 added (udp); running only\n", me.Out);
        Assert.Equal(0, await me.Runs("rules", "rollback", "2", "--json"));
        Assert.Equal(4, me.Json.GetProperty("generation").GetInt32());
        Assert.Equal(Fewer, served.Run.RulesText);
    }

    [Fact]
    public async Task A_rollback_passes_over_generations_that_had_the_rules_in_force()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served) { Input = Fewer };
        await me.Runs("rules", "apply", "-");
        await me.Runs("rules", "rollback", "2");

        Assert.Equal(0, await me.Runs("rules", "rollback"));

        Assert.Equal("rules: generation 4 in force: 1 added (udp); running only\n", me.Out);
        Assert.Equal(ServedRun.Rules, served.Run.RulesText);
    }

    [Fact]
    public async Task What_never_was_cannot_come_back()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served);

        Assert.Equal(1, await me.Runs("rules", "rollback"));
        Assert.Equal("error: there is nothing to go back to: no generation before 1 had other rules\n", me.Error);
        Assert.Equal(1, await me.Runs("rules", "rollback", "9", "--json"));
        Assert.Equal(404, me.Json.GetProperty("status").GetInt32());
        Assert.Equal("error: the history has no generation 9; it has 1\n", me.Error);
        Assert.Equal(1, await me.Runs("rules", "history", "9"));
        Assert.Equal("error: the history has no generation 9; it has 1\n", me.Error);
    }

    [Fact]
    public async Task The_history_tells_every_generation_and_gives_its_text_back()
    {
        await using var served = await ServedRun.Start();
        var me = new Operator(served) { Input = Fewer };
        await me.Runs("rules", "apply", "-");
        await me.Runs("rules", "rollback");

        Assert.Equal(0, await me.Runs("rules", "history"));
        Assert.Matches("^generation +since +rules +from +by\n3 .* first.rules .* in force, the rules of 1 again\n2 .* standard input .*\n1 .* first.rules +start\n$", me.Out);
        Assert.Equal(0, await me.Runs("rules", "history", "2"));
        Assert.Equal(Fewer, me.Out);
        Assert.Equal(0, await me.Runs("rules", "history", "--json"));
        Assert.Equal(3, me.Json.GetProperty("generations").GetArrayLength());
    }

    private static int Packets(JsonElement capture, string name) => capture.GetProperty(name).GetProperty("packets").GetInt32();
}
