using System.Net;
using Pipeline.Actors.Configuration;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Actors.Tests.Configuration;

/// <summary>The server of a configuration: who may do what, and how it is reached.</summary>
public class DashboardTests
{
    [Fact]
    public void Tokens_have_names_and_rights_and_may_be_in_files_beside_the_configuration()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["alice.token"], "alices\n");
        File.WriteAllText(folder["t.conf"], """
            pipeline { dashboard { tokens = [
              { name = alice, rights = [read, capture], file = "alice.token" }
              { name = bob, rights = [change], token = bobs }
            ] } }
            """);

        var (options, diagnostics) = ConfigurationLoader.Load(folder["t.conf"], new Dictionary<string, string>(), machineFile: null);

        Assert.Empty(diagnostics);
        Assert.Equal([("alice", "Read Capture", "alices"), ("bob", "Change", "bobs")], options!.Dashboard.Tokens.Select(t => (t.Name, string.Join(' ', t.Rights), t.Value)));
    }

    [Fact]
    public void How_it_is_reached_is_read()
    {
        var read = Configurations.Options("""dashboard { tls { certificate = "d.pem", key = "/etc/d.key" }, plain = yes, hosts = [pipeline.example, "::1"], read-only = yes, base-path = "/lab/n1/" }""").Dashboard;

        Assert.Equal(new DashboardTls("d.pem", "/etc/d.key"), read.Tls);
        Assert.Equal((true, true, "/lab/n1"), (read.Plain, read.ReadOnly, read.BasePath));
        Assert.Equal(["pipeline.example", "::1"], read.Hosts);
    }

    [Theory]
    [InlineData("tokens = [ { rights = [read], token = x } ]", "t.conf:2:24: error: this token has no `name`")]
    [InlineData("tokens = [ { name = a, token = x } ]", "t.conf:2:24: error: this token has no `rights`")]
    [InlineData("tokens = [ { name = a, rights = [], token = x } ]", "t.conf:2:45: error: the token permits nothing; expected one or more of read, capture, change")]
    [InlineData("tokens = [ { name = a, rights = [write], token = x } ]", "t.conf:2:46: error: an element of `rights` is `write`; expected one of read, capture, change")]
    [InlineData("tokens = [ { name = a, rights = [read] } ]", "t.conf:2:24: error: a token is written here or in a file; expected one of `token` and `file`")]
    [InlineData("tokens = [ { name = a, rights = [read], token = x, file = y } ]", "t.conf:2:24: error: a token is written here or in a file; expected one of `token` and `file`", "t.conf:2:71: error: y: no such file")]
    [InlineData("tokens = [ { name = a, rights = [read], file = absent } ]", "t.conf:2:60: error: absent: no such file")]
    [InlineData("tokens = [ { name = a, rights = [read], file = \"/dev/null\" } ]", "t.conf:2:60: error: /dev/null: the file is empty; expected a token")]
    [InlineData("tokens = [ { name = a, rights = [read], token = \"x y\" } ]", "t.conf:2:61: error: the token has 3 characters; expected 1 to 4096 ASCII letters, digits and signs, on one line")]
    [InlineData("tokens = [ { name = a, rights = [read], token = x }, { name = a, rights = [read], token = y } ]", "t.conf:2:75: error: two tokens are called a; expected another name")]
    [InlineData("tokens = [ { name = a, rights = [read], token = x }, { name = b, rights = [read], token = x } ]", "t.conf:2:103: error: it is the same token as that of a; expected another")]
    [InlineData("tls { certificate = x }", "t.conf:2:13: error: `tls` has no `key`, a file in PEM")]
    [InlineData("hosts = [\"a:80\"]", "t.conf:2:22: error: an element of `hosts` is `a:80`; expected a name or an address without a port, such as pipeline.example")]
    [InlineData("base-path = x", "t.conf:2:25: error: `base-path` is `x`; expected a path of A-Z a-z 0-9 _ . - and /, such as /pipeline")]
    [InlineData("base-path = \"/a/../b\"", "t.conf:2:25: error: `base-path` is `/a/../b`; expected a path of A-Z a-z 0-9 _ . - and /, such as /pipeline")]
    public void What_makes_no_sense_is_refused_where_it_was_written(string inside, params string[] findings) =>
        Assert.Equal(findings, Configurations.Findings($"pipeline {{\ndashboard {{ {inside} }}\n}}"));

    [Theory]
    [InlineData(64, 4096, 0)]
    [InlineData(65, 1, 1)]
    [InlineData(1, 4097, 1)]
    public void There_are_at_most_64_tokens_of_4096_characters(int tokens, int length, int findings)
    {
        var all = string.Join(',', Enumerable.Range(0, tokens).Select(i => $"{{ name = t{i}, rights = [read], token = {$"{i:00}".PadRight(length, 'x')} }}"));

        Assert.Equal(findings, Configurations.Findings($"pipeline {{ dashboard {{ tokens = [ {all} ] }} }}").Count);
    }

    [Theory]
    [InlineData("127.0.0.1", "", null)]
    [InlineData("::1", "", null)]
    [InlineData("192.0.2.1", "", "would be open to every machine")]
    [InlineData("192.0.2.1", "plain = yes", "would be open to every machine")]
    [InlineData("192.0.2.1", "read-token = x", "in the clear")]
    [InlineData("0.0.0.0", "tokens = [ { name = a, rights = [read], token = x } ]", "in the clear")]
    [InlineData("192.0.2.1", "read-token = x, plain = yes", null)]
    [InlineData("192.0.2.1", "change-token = x, tls { certificate = c, key = k }", null)]
    public void Other_machines_need_a_token_and_nobody_on_the_way_reads_it(string address, string inside, string? words)
    {
        var why = Configurations.Options($"dashboard {{ {inside} }}").Dashboard.WhyNotAt(new IPEndPoint(IPAddress.Parse(address), 8480));

        if (words is null) Assert.Null(why);
        else Assert.Contains(words, why);
    }
}
