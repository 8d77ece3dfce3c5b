using System.Net;
using System.Text.Json;
using Pipeline.Actors.Telemetry;
using Xunit;

namespace Pipeline.Host.Tests.Server;

/// <summary>The flows that consumers have seen enough of, as the server shows them and takes them back.</summary>
public sealed class ReleasedEndpointTests
{
    private const string Words = "udp 0.0.0.0:0 0.0.0.0:53";

    [Fact]
    public async Task A_released_flow_is_shown_with_its_counts_and_taken_back_by_its_words()
    {
        await using var served = await ServedRun.Start(releases: true);

        var shown = await served.Json("/api/v1/released");
        var flow = Assert.Single(shown.GetProperty("latest").EnumerateArray().ToList());
        Assert.Equal((1, 65_536, 0), (Int(shown, "flows"), Int(shown, "capacity"), Int(shown, "refused")));
        Assert.Equal((Words, "watch", 60), (flow.GetProperty("flow").GetString(), flow.GetProperty("consumers")[0].GetString(), Int(flow, "idleSeconds")));
        Assert.True(Int(flow, "seen") + Int(flow.GetProperty("copies"), "packets") >= 25, $"{flow}");
        Assert.InRange(flow.GetProperty("endsInSeconds").GetDouble(), 0, 60);
        var snapshot = await served.Json("/api/v1/snapshot");
        Assert.Equal(1, Int(snapshot.GetProperty("released"), "flows"));
        var copies = snapshot.GetProperty("ledger").GetProperty("copies");
        Assert.Equal(25, Int(copies, "delivered") + Int(copies, "released"));

        using var gone = await served.Send(HttpMethod.Delete, $"/api/v1/released/{Uri.EscapeDataString(Words)}?who=alice");
        Assert.Equal(HttpStatusCode.Accepted, gone.StatusCode);

        Assert.Empty((await served.Json("/api/v1/released")).GetProperty("latest").EnumerateArray());
        Assert.Contains(served.Run.Events.Read(), e => e.Kind == PipelineEventKind.TakenBack && e.Words.StartsWith(Words, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1")]
    [InlineData("udp%2010.0.0.1:1%2010.0.0.2:2")]
    public async Task What_is_not_released_cannot_be_taken_back(string flow)
    {
        await using var served = await ServedRun.Start();

        using var answer = await served.Send(HttpMethod.Delete, $"/api/v1/released/{flow}");

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Contains("no such flow is released", await answer.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1001")]
    [InlineData("many")]
    public async Task A_number_of_flows_out_of_range_is_refused(string most)
    {
        await using var served = await ServedRun.Start();

        using var answer = await served.Send(HttpMethod.Get, $"/api/v1/released?most={most}");

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    private static int Int(JsonElement of, string name) => (int)of.GetProperty(name).GetDouble();
}
