using System.Net;
using Pipeline.Actors.Configuration;
using Pipeline.Host.Demo;
using Pipeline.Host.Server;
using Pipeline.Host.Tests.Running;
using Xunit;

namespace Pipeline.Host.Tests.Server;

public sealed class DemoEndpointTests
{
    [Fact]
    public async Task Where_it_is_no_demo_there_are_no_acts_and_none_is_performed()
    {
        await using var served = await ServedRun.Start();

        Assert.Equal(0, (await served.Json("/api/v1/demo")).GetProperty("acts").GetArrayLength());
        using var answer = await served.Send(HttpMethod.Post, "/api/v1/demo/crash");
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("this is no demo", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("dance", HttpStatusCode.NotFound, "there is no act dance; there are slow, crash, hang, overrun, elephant, broken-rule")]
    [InlineData("crash", HttpStatusCode.Conflict, "there is no consumer flows")]
    public async Task What_cannot_happen_is_refused_with_why(string act, HttpStatusCode status, string why)
    {
        using var play = new DemoPlay(tellsStory: false);
        await using var server = await DashboardServer.Start(new IPEndPoint(IPAddress.Loopback, 0), new DashboardOptions());
        server.Attach(new FakeRun(), play);
        using var client = new HttpClient { BaseAddress = new Uri(server.Url) };

        using var answer = await client.PostAsync($"/api/v1/demo/{act}", null);

        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(why, await answer.Content.ReadAsStringAsync());
    }
}
