using Pipeline.Actors.Configuration;
using Xunit;

namespace Pipeline.Host.Tests.Server;

/// <summary>A server that shows and changes nothing, whatever right a token gives.</summary>
public sealed class ReadOnlyTests
{
    private static readonly DashboardOptions Options = new() { ReadOnly = true, ChangeToken = "touch", ReadToken = "look" };

    [Theory]
    [InlineData("PUT", "/api/v1/rules")]
    [InlineData("POST", "/api/v1/rules/rollback/1")]
    [InlineData("POST", "/api/v1/rules/confirm/1")]
    [InlineData("POST", "/api/v1/consumers/dns/pause")]
    [InlineData("POST", "/api/v1/consumers/dns/scale?instances=2")]
    [InlineData("POST", "/api/v1/cluster/leave")]
    [InlineData("POST", "/api/v1/captures")]
    [InlineData("DELETE", "/api/v1/captures/0123456789abcdef")]
    public async Task Nothing_is_changed_and_nothing_captured(string method, string path)
    {
        await using var served = await ServedRun.Start(Options);

        using var answer = await served.Send(new HttpMethod(method), path, null, ("Authorization", "Bearer touch"));

        Assert.Equal(403, (int)answer.StatusCode);
        Assert.Contains("this server is read-only", await answer.Content.ReadAsStringAsync());
        Assert.Empty(served.Run.Events.Read(after: 1));
    }

    [Theory]
    [InlineData("GET", "/api/v1/snapshot", 200)]
    [InlineData("GET", "/api/v1/captures", 403)]
    [InlineData("POST", "/api/v1/rules/check", 200)]
    public async Task Who_may_look_looks(string method, string path, int status)
    {
        await using var served = await ServedRun.Start(Options);

        using var answer = await served.Send(new HttpMethod(method), path, method == "POST" ? ServedRun.Rules : null, ("Authorization", "Bearer look"));

        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_snapshot_says_whether_anything_can_be_changed(bool isReadOnly)
    {
        await using var served = await ServedRun.Start(new DashboardOptions { ReadOnly = isReadOnly });

        Assert.Equal(isReadOnly, (await served.Json("/api/v1/snapshot")).GetProperty("readOnly").GetBoolean());
    }
}
