using Xunit;

namespace Pipeline.Host.Tests.Api;

public sealed class ConsumerEndpointTests
{
    [Fact]
    public async Task A_consumer_pauses_and_goes_on()
    {
        await using var served = await ServedRun.Start();

        Assert.Equal(202, await Status(served, "dns/pause"));
        await Eventually(served, "paused");
        Assert.Equal(202, await Status(served, "dns/resume"));
        await Eventually(served, "running");
    }

    [Fact]
    public async Task What_is_not_there_cannot_be_told_anything()
    {
        await using var served = await ServedRun.Start();

        Assert.Equal(404, await Status(served, "nobody/pause"));
        Assert.Equal(404, await Status(served, "dns/stop"));
        Assert.Equal(202, await Status(served, "dns/restart"));
    }

    private static async Task<int> Status(ServedRun served, string wish)
    {
        using var answer = await served.Send(HttpMethod.Post, "/api/v1/consumers/" + wish);
        return (int)answer.StatusCode;
    }

    /// <summary>Follows the stream until the consumer is in that state.</summary>
    private static async Task Eventually(ServedRun served, string state)
    {
        await using var events = await EventReader.Open(served, "?hz=20");
        while (!(await events.Next()).Data.Contains($"\"actor\":\"dns-0\",\"state\":\"{state}\"", StringComparison.Ordinal))
        {
        }
    }
}
