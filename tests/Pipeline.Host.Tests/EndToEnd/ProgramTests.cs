using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.EndToEnd;

public sealed class ProgramTests
{
    [Fact]
    public void The_version_goes_to_standard_output()
    {
        var result = BuiltProgram.Run("version", "--json");

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        Assert.StartsWith("{\"version\":\"", result.Output);
    }

    [Theory]
    [InlineData("devices")]
    [InlineData("-D")]
    public void The_interfaces_of_this_machine_are_listed(string command)
    {
        var result = BuiltProgram.Run(command);

        Assert.Equal((0, ""), (result.ExitCode, result.Errors));
        Assert.Matches(@"\n[0-9]+ +lo +up +loopback ", result.Output);
    }

    [Fact]
    public void Rules_are_checked_with_every_error_at_its_place()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["edge.rules"], "rule a match 12:ffff:08000 mark 1\nrule a match 12:zz:1 mark 1\n");

        var result = BuiltProgram.Run("check", folder["edge.rules"]);

        Assert.Equal((65, ""), (result.ExitCode, result.Output));
        Assert.Contains($"{folder["edge.rules"]}:1:", result.Errors);
        Assert.Contains($"{folder["edge.rules"]}:2:", result.Errors);
        Assert.Contains("^", result.Errors);
        Assert.EndsWith(" errors, 0 warnings\n", result.Errors);
    }

    [Fact]
    public void What_is_missing_is_named_as_it_was_typed() =>
        Assert.Equal("error: no/such.pcap: no such file\n", BuiltProgram.Run("run", "-r", "no/such.pcap").Errors);

    [Fact]
    public void A_capture_in_the_place_of_rules_is_told_in_one_line()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["trace.pcap"], [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0]);

        var result = BuiltProgram.Run("run", "-r", folder["trace.pcap"], "--rules", folder["trace.pcap"]);

        Assert.Equal((65, $"error: {folder["trace.pcap"]}: is not text: byte 5 is 0\n"), (result.ExitCode, result.Errors));
    }

    [Fact]
    public void A_text_without_a_rule_cannot_be_explained() =>
        Assert.Equal(65, BuiltProgram.Run("explain", "keep-out off ssh").ExitCode);

    [Fact]
    public void Of_good_rules_a_check_says_what_it_looked_at()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["edge.rules"], "rule ip match 12:ffff:0800 mark 0x10\n");

        Assert.Equal(new Tool.Result(0, "", $"checked {folder["edge.rules"]}: 1 rule\n0 errors, 0 warnings\n"), BuiltProgram.Run("check", folder["edge.rules"]));
    }

    [FactThatNeeds(Need.Libpcap)]
    public void A_filter_that_libpcap_rejects_is_an_error_in_its_words()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["edge.rules"], "rule web filter \"tcp prt 80\" mark 0x10\n");

        var result = BuiltProgram.Run("check", folder["edge.rules"]);

        Assert.Equal(65, result.ExitCode);
        Assert.Contains(":1:18: error: rule 'web': ", result.Errors);
        Assert.Contains("syntax error", result.Errors);
    }

    [Theory]
    [InlineData(66, "run", "-r", "/nowhere/absent.pcap")]
    [InlineData(66, "run", "-r", "/")]
    [InlineData(66, "run", "-r", "/dev/null", "--rules", "/nowhere/absent.rules")]
    [InlineData(66, "run", "-r", "/dev/null", "--config", "/nowhere/absent.conf")]
    [InlineData(65, "run", "-r", "/dev/null")]
    [InlineData(2, "run")]
    [InlineData(2, "run", "--no-such-flag")]
    [InlineData(2, "bench")]
    public void What_cannot_be_run_ends_with_one_line_and_its_code(int code, params string[] arguments)
    {
        var result = BuiltProgram.Run(arguments);

        Assert.Equal((code, ""), (result.ExitCode, result.Output));
        Assert.StartsWith("error: ", result.Errors);
        Assert.DoesNotContain("   at ", result.Errors);
    }

    [Fact]
    public void Invalid_rules_leave_no_output_behind()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["bad.rules"], "rule\n");

        var result = BuiltProgram.Run("run", "-r", "/dev/null", "--rules", folder["bad.rules"], "-w", folder["out.pcapng"], "--split", folder["split"]);

        Assert.Equal(65, result.ExitCode);
        Assert.Equal([folder["bad.rules"]], Directory.GetFileSystemEntries(folder.FullName));
    }

    [Fact]
    public void An_environment_variable_is_a_layer_of_the_configuration()
    {
        var result = BuiltProgram.Shell("PIPELINE__BUNDLE__PACKETS=none pipeline check");

        Assert.Equal(65, result.ExitCode);
        Assert.Contains("PIPELINE__BUNDLE__PACKETS", result.Errors);
    }
}
