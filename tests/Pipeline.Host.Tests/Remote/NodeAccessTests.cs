using Pipeline.Actors.Configuration;
using Pipeline.Host.Tests.Server;
using Xunit;

namespace Pipeline.Host.Tests.Remote;

/// <summary>Tokens: where they come from, and what is said when one does not fit.</summary>
public sealed class NodeAccessTests
{
    private static readonly DashboardOptions BothTokens = new() { ReadToken = "look", ChangeToken = "touch" };

    [Fact]
    public async Task A_token_comes_out_of_a_file_or_the_environment()
    {
        await using var served = await ServedRun.Start(BothTokens);

        Assert.Equal(0, await new Operator(served, ("PIPELINE_TOKEN", "look")).Runs("rules", "list"));
        Assert.Equal(0, await new Operator(served).Runs("rules", "list", "--token-file", served.Write("token", "look\n")));
    }

    [Fact]
    public async Task A_token_in_a_file_goes_before_one_in_the_environment()
    {
        await using var served = await ServedRun.Start(BothTokens);
        var me = new Operator(served, ("PIPELINE_TOKEN", "look")) { Input = "rule all match 0:00:00 mark 1\n" };

        Assert.Equal(0, await me.Runs("rules", "apply", "-", "--token-file", served.Write("token", "touch")));
    }

    [Fact]
    public async Task Without_a_token_it_is_said_how_to_give_one()
    {
        await using var served = await ServedRun.Start(BothTokens);
        var me = new Operator(served);

        Assert.Equal(77, await me.Runs("rules", "list"));

        Assert.Equal($"error: {served.Url}: a token is needed; give --token-file FILE or PIPELINE_TOKEN\n", me.Error);
    }

    [Theory]
    [InlineData("wrong", "the token of PIPELINE_TOKEN is not one of its (dashboard { tokens })")]
    [InlineData("look", "the right to change is missing: this token may read (PIPELINE_TOKEN)")]
    public async Task A_token_that_does_not_do_is_named_and_never_shown(string token, string said)
    {
        await using var served = await ServedRun.Start(BothTokens);
        var me = new Operator(served, ("PIPELINE_TOKEN", token)) { Input = "rule all match 0:00:00 mark 1\n" };

        Assert.Equal(77, await me.Runs("rules", "apply", "-", "--json"));

        Assert.Equal($"error: {served.Url}: {said}\n", me.Error);
        Assert.DoesNotContain("wrong", me.Out + me.Error);
        Assert.Single(served.Run.RuleHistory);
    }

    [Theory]
    [InlineData("", 2)]
    [InlineData("two words", 2)]
    [InlineData("two\nlines", 2)]
    [InlineData(null, 66)]
    public async Task A_file_without_a_token_is_refused_before_anybody_is_asked(string? text, int code)
    {
        await using var served = await ServedRun.Start();

        Assert.Equal(code, await new Operator(served).Runs("rules", "list", "--token-file", text is null ? served["absent"] : served.Write("token", text)));
    }

    [Fact]
    public async Task An_address_on_the_command_line_goes_before_one_in_the_environment()
    {
        await using var served = await ServedRun.Start();

        Assert.Equal(0, await new Operator("http://127.0.0.1:1").Runs("rules", "list", "--node", served.Url.Replace("http://", "", StringComparison.Ordinal)));
    }
}
