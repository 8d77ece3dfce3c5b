using System.Net;
using Pipeline.Actors.Configuration;
using Pipeline.Host.Tests.Remote;
using Xunit;

namespace Pipeline.Host.Tests.Server;

/// <summary>A server that has everything below a path.</summary>
public sealed class BasePathTests
{
    private static readonly DashboardOptions BelowLab = new() { BasePath = "/lab/n1" };

    [Theory]
    [InlineData("/lab/n1/", 200)]
    [InlineData("/lab/n1/app.js", 200)]
    [InlineData("/lab/n1/pages/rules.js", 200)]
    [InlineData("/lab/n1/health/live", 200)]
    [InlineData("/lab/n1/api/v1/snapshot", 200)]
    [InlineData("/", 404)]
    [InlineData("/app.js", 404)]
    [InlineData("/health/live", 404)]
    [InlineData("/api/v1/snapshot", 404)]
    [InlineData("//lab/n1/", 404)]
    public async Task Everything_is_below_the_path_and_nothing_beside_it(string path, int status)
    {
        await using var served = await ServedRun.Start(BelowLab);

        using var answer = await served.Client.GetAsync(new Uri(served.Url[..^"/lab/n1".Length] + path));

        Assert.Equal(status, (int)answer.StatusCode);
        if (status == 404) Assert.Contains("everything is below /lab/n1/", await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task The_path_itself_leads_to_the_page()
    {
        await using var served = await ServedRun.Start(BelowLab);

        using var answer = await served.Client.GetAsync(new Uri(served.Url + "?x=1"));

        Assert.Equal((HttpStatusCode.Found, "/lab/n1/?x=1"), (answer.StatusCode, answer.Headers.Location?.ToString()));
    }

    [Fact]
    public async Task A_capture_is_where_its_location_says()
    {
        await using var served = await ServedRun.Start(BelowLab);

        using var started = await served.Send(HttpMethod.Post, "/lab/n1/api/v1/captures");
        using var deleted = await served.Send(HttpMethod.Delete, started.Headers.Location!.ToString());

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.NoContent), (started.StatusCode, deleted.StatusCode));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    public async Task Commands_ask_below_the_path(string end)
    {
        await using var served = await ServedRun.Start(BelowLab);
        var me = new Operator(served.Url + end);

        Assert.Equal(0, await me.Runs("rules", "list"));
    }
}
