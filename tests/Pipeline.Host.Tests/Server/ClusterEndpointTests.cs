using System.Net;
using Xunit;

namespace Pipeline.Host.Tests.Server;

/// <summary>Of a pipeline that is no node. What nodes answer is tried with nodes.</summary>
public sealed class ClusterEndpointTests
{
    private const string NoNode = "this pipeline is no node of a cluster: its configuration has no `cluster`";

    [Fact]
    public async Task The_view_says_that_there_is_no_cluster()
    {
        await using var served = await ServedRun.Start();

        var cluster = await served.Json("/api/v1/cluster");

        Assert.Equal(("none", NoNode, 0), (cluster.GetProperty("state").GetString(), cluster.GetProperty("words").GetString(), cluster.GetProperty("members").GetArrayLength()));
    }

    [Theory]
    [InlineData("/api/v1/cluster/leave")]
    [InlineData("/api/v1/cluster/down?member=n2")]
    public async Task Nobody_can_be_asked_to_go(string path)
    {
        await using var served = await ServedRun.Start();

        using var answer = await served.Client.PostAsync(path, null);

        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        Assert.Contains(NoNode, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
