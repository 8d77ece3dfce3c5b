using System.Text.Json;
using Pipeline.Actors.Telemetry;
using Pipeline.Host.Schema;
using Pipeline.Nic.Accounts;
using Xunit;

namespace Pipeline.Host.Tests.Server;

public sealed class HistoryEndpointTests
{
    [Fact]
    public async Task Whoever_asks_first_gets_what_was_before()
    {
        await using var served = await ServedRun.Start();
        while (served.Run.History().At.Count < 3) await Task.Yield();

        var history = await served.Json("/api/v1/history");

        Assert.Equal(("pipeline.history/1", 1, 300), (history.GetProperty("schema").GetString(), history.GetProperty("intervalSeconds").GetInt32(), history.GetProperty("most").GetInt32()));
        var at = history.GetProperty("at").EnumerateArray().Select(t => t.GetInt64()).ToList();
        Assert.Equal(at.Order().Distinct(), at);
        Assert.InRange(DateTimeOffset.FromUnixTimeMilliseconds(at[^1]), DateTimeOffset.UtcNow - ServedRun.Patience, DateTimeOffset.UtcNow);
        Assert.All(Columns(history), column => Assert.Equal(at.Count, column.GetArrayLength()));
        Assert.Equal(JsonValueKind.Null, history.GetProperty("received").GetProperty("packets")[0].ValueKind);

        // It has received a hundred packets, and a reading is over half a second or more.
        var rates = history.GetProperty("received").GetProperty("packets").EnumerateArray().Where(p => p.ValueKind == JsonValueKind.Number).Select(p => p.GetDouble()).ToList();
        Assert.All(rates, rate => Assert.InRange(rate, 0, 2 * ServedRun.Packets));
        Assert.True(history.GetProperty("pages").GetProperty("all")[0].GetDouble() > 0);
    }

    [Fact]
    public void Reasons_are_words_and_what_is_not_known_is_null()
    {
        IReadOnlyList<double?> column = [null, 1.26];
        var rates = new HistoryRates(column, column);
        var view = new HistoryView([1000, 2000])
        {
            Received = rates,
            Delivered = rates,
            Passed = rates,
            Dropped = new Dictionary<DropReason, IReadOnlyList<double?>> { [DropReason.ShareExceeded] = column },
            DeviceLost = new Dictionary<DeviceLoss, IReadOnlyList<double?>> { [DeviceLoss.RingFull] = column },
            HandoffMedian = column,
            HandoffP99 = column,
            PagesOut = column,
            Pages = column,
            DeepestMailbox = column,
        };

        var json = JsonText.Of(HistoryJson.Of(view), JsonShapes.Default.HistoryJson);

        Assert.StartsWith("{\"schema\":\"pipeline.history/1\",\"intervalSeconds\":1,\"most\":300,\"at\":[1000,2000],\"received\":{\"packets\":[null,1.3],\"bits\":[null,1.3]},", json, StringComparison.Ordinal);
        Assert.Contains("\"dropped\":[{\"reason\":\"share-exceeded\",\"packets\":[null,1.3]}],\"deviceLost\":[{\"reason\":\"ring-full\",\"packets\":[null,1.3]}],\"handoff\":{\"p50Microseconds\":[null,1.3],", json, StringComparison.Ordinal);
    }

    private static IEnumerable<JsonElement> Columns(JsonElement history)
    {
        foreach (var name in new[] { "received", "delivered", "passed", "handoff", "pages" })
            foreach (var column in history.GetProperty(name).EnumerateObject()) yield return column.Value;
        yield return history.GetProperty("deepestMailbox");
    }
}
