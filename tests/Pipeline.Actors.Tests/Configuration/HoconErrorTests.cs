using Pipeline.Actors.Configuration.Hocon;
using Pipeline.Nic.Diagnostics;
using Xunit;

namespace Pipeline.Actors.Tests.Configuration;

public class HoconErrorTests
{
    [Theory]
    [InlineData("pipeline {\n  a = 1\n", "1:10: error: this `{` is never closed; expected `}` before the end of the text")]
    [InlineData("a {\n  b = [ 1\n}\n", "2:7: error: this `[` is never closed; expected `]` before the `}` at 3:1")]
    [InlineData("a = [ { b = 1 ]", "1:7: error: this `{` is never closed; expected `}` before the `]` at 1:15")]
    [InlineData("a = [ 1, 2", "1:5: error: this `[` is never closed; expected `]` before the end of the text")]
    [InlineData("a { }\n}\n", "2:1: error: this `}` closes nothing; expected a `{` before it")]
    [InlineData("a = 1 ]\n", "1:7: error: this `]` closes nothing; expected a `[` before it")]
    [InlineData("{ a = 1 }\n}", "2:1: error: `}` behind the `}` that closes the configuration; expected nothing more")]
    [InlineData("a = \"x\nb = 1", "1:5: error: this string has no end; expected `\"` before the end of the line")]
    [InlineData("a = \"\"\"x\nb = 1", "1:5: error: this string has no end; expected `\"\"\"` before the end of the text")]
    [InlineData("a = \"x\\qy\"", "1:7: error: unknown escape in a string; expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX")]
    [InlineData("a = \"\\u12g4\"", "1:6: error: unknown escape in a string; expected one of \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\uXXXX")]
    [InlineData("a = \"x\u0001\"", "1:7: error: control character U+0001 in a string; expected it written as `\\u0001`")]
    [InlineData("a = ${x}", "1:5: error: the environment variable x is not set")]
    [InlineData("a = ${x.y}", "1:5: error: a substitution of anything but one environment variable is HOCON, but not read here")]
    [InlineData("a = ${?}", "1:5: error: a substitution of anything but one environment variable is HOCON, but not read here")]
    [InlineData("a = ${?x", "1:5: error: a substitution of anything but one environment variable is HOCON, but not read here")]
    [InlineData("a = b ${?x}", "1:7: error: a substitution beside other text is HOCON, but not read here")]
    [InlineData("a = ${?x} b", "1:11: error: `b` behind a value; expected a comma or a new line")]
    [InlineData("include \"x.conf\"", "1:9: error: `include` is read in files alone")]
    [InlineData("include \"\"", "1:9: error: `\"\"` behind `include`; expected include \"FILE\"; the file is relative to this one, and must be there")]
    [InlineData("include file(\"x.conf\")", "1:9: error: `file(` behind `include`; expected include \"FILE\"; the file is relative to this one, and must be there")]
    [InlineData("a += 1", "1:3: error: `+=` is HOCON, but not read here")]
    [InlineData("a = { b = 1 } { c = 2 }", "1:15: error: joining a value with another (value concatenation) is HOCON, but not read here")]
    [InlineData("a { b = 1 } c = 2", "1:13: error: `c` behind a value; expected a comma or a new line")]
    [InlineData("a = \"x\" \"y\"", "1:9: error: `\"y\"` behind a value; expected a comma or a new line")]
    [InlineData("to = if:guest0", "1:8: error: `:` found; expected a comma or a new line")]
    [InlineData("a = *", "1:5: error: `*` found; expected a value")]
    [InlineData("a = \nb = 1", "1:3: error: `a` has no value; expected one behind the `=`")]
    [InlineData("a =", "1:3: error: `a` has no value; expected one behind the `=`")]
    [InlineData("a { b = }", "1:7: error: `b` has no value; expected one behind the `=`")]
    [InlineData("a\nb = 1", "1:1: error: the key `a` has no value; expected `=`, `:` or `{` behind it, found `b`")]
    [InlineData("a b = 1", "1:1: error: the key `a` has no value; expected `=`, `:` or `{` behind it, found `b`")]
    [InlineData("= 1", "1:1: error: `=` found; expected a key")]
    [InlineData("[ 1 ]", "1:1: error: `[` found; expected a key")]
    [InlineData(", a = 1", "1:1: error: `,` without a field before it; expected a key")]
    [InlineData("a = [ 1,, 2 ]", "1:9: error: `,` without a value before it; expected a value")]
    [InlineData("a..b = 1", "1:1: error: the key `a..b` is incomplete; expected names with one dot between them")]
    [InlineData(".a = 1", "1:1: error: the key `.a` is incomplete; expected names with one dot between them")]
    [InlineData("a. = 1", "1:1: error: the key `a.` is incomplete; expected names with one dot between them")]
    [InlineData("a\"b\" = 1", "1:1: error: the key `a\"b\"` is incomplete; expected names with one dot between them")]
    [InlineData("a = /data//x", "1:10: warning: a comment begins in the middle of a word")]
    [InlineData("a = x\u0000y", "1:6: error: control character U+0000 found; expected a comma or a new line")]
    public void What_is_wrong_is_said_with_its_place(string text, string expected)
    {
        var (_, diagnostics) = HoconReader.Read(new SourceText("t.conf", text));

        Assert.Equal("t.conf:" + expected, Assert.Single(Configurations.Lines(diagnostics)));
    }

    [Fact]
    public void An_error_shows_its_line_with_a_caret_and_help()
    {
        var (_, diagnostics) = HoconReader.Read(new SourceText("t.conf", "guests {\n  to = if:guest0\n}"));

        Assert.Equal(
            "t.conf:2:10: error: `:` found; expected a comma or a new line\n" +
            "  2 |   to = if:guest0\n" +
            "    |          ^\n" +
            "  help: a value with such a character stands in double quotes",
            Assert.Single(diagnostics).ToString());
    }

    [Fact]
    public void A_missing_brace_is_looked_for_where_the_indentation_differs()
    {
        var (_, diagnostics) = HoconReader.Read(new SourceText("t.conf", "pipeline {\n  source {\n    file = a\n  rules = b\n}\n"));

        var diagnostic = Assert.Single(diagnostics);
        Assert.Equal("the `}` at 5:1 closes the `{` at 2:10, and their lines are indented differently: look there first", diagnostic.Help);
    }

    [Fact]
    public void Brackets_within_a_string_without_an_end_are_not_missed()
    {
        var (_, diagnostics) = HoconReader.Read(new SourceText("t.conf", "pipeline {\n  a { b = \"x }\n}\n"));

        Assert.Equal("this string has no end; expected `\"` before the end of the line", Assert.Single(diagnostics).Message);
    }

    [Fact]
    public void One_run_reports_all_there_is_to_mend()
    {
        var (root, diagnostics) = HoconReader.Read(new SourceText("t.conf", "a = *\nb { c = ${x}, d = 1 }\ne = \"x\nf = [ 1, { ]\ng = 2"));

        Assert.Equal(["1:5", "2:9", "3:5", "4:10"], Configurations.Lines(diagnostics).Select(l => l["t.conf:".Length..l.IndexOf(": error", StringComparison.Ordinal)]));
        Assert.True(root.TryGet("g", out _));
    }

    [Fact]
    public void Nobody_gets_more_errors_than_can_be_read()
    {
        var (_, diagnostics) = HoconReader.Read(new SourceText("t.conf", string.Concat(Enumerable.Repeat("*\n", 5000))));

        Assert.Equal(101, diagnostics.Count);
        Assert.Equal("more than 100 errors; the rest is not shown", diagnostics[^1].Message);
    }

    [Fact]
    public void No_error_is_lost_behind_warnings()
    {
        var (_, diagnostics) = HoconReader.Read(new SourceText("t.conf", string.Concat(Enumerable.Repeat("a = b#\n", 200)) + "c {"));

        Assert.Equal(100, diagnostics.Count(d => d.Severity == Severity.Warning && d.Message.StartsWith("a comment", StringComparison.Ordinal)));
        Assert.Equal("this `{` is never closed; expected `}` before the end of the text", diagnostics.Single(d => d.Severity == Severity.Error).Message);
    }

    [Theory]
    [InlineData("{", "}")]
    [InlineData("[", "]")]
    public void Nesting_is_bounded(string open, string close)
    {
        var text = "a = " + string.Concat(Enumerable.Repeat(open == "{" ? "{ a = " : "[ ", 100_000)) + "1" + string.Concat(Enumerable.Repeat(close, 100_000));

        var (_, diagnostics) = HoconReader.Read(new SourceText("t.conf", text));

        Assert.Equal("nested deeper than 64 levels", Assert.Single(diagnostics).Message);
    }

    [Fact]
    public void A_key_of_too_many_parts_is_refused()
    {
        var (_, diagnostics) = HoconReader.Read(new SourceText("t.conf", string.Concat(Enumerable.Repeat("a.", 100_000)) + "a = 1"));

        Assert.Equal("nested deeper than 64 levels", Assert.Single(diagnostics).Message);
    }

    [Fact]
    public void The_number_of_values_is_bounded()
    {
        var (_, diagnostics) = HoconReader.Read(new SourceText("t.conf", "a = [" + string.Concat(Enumerable.Repeat("1,", 200_000)) + "]"));

        Assert.Equal("more than 100000 values in one text; the rest is not read", Assert.Single(diagnostics).Message);
    }

    [Fact]
    public void A_text_that_is_too_long_is_not_read()
    {
        var (_, diagnostics) = HoconReader.Read(new SourceText("t.conf", new string(' ', HoconReader.LongestText + 1)));

        Assert.Equal("a configuration of 4194305 characters; at most 4194304 are read", Assert.Single(diagnostics).Message);
    }
}
