using Microsoft.AspNetCore.Http;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Server;

/// <summary>The last five minutes, in columns.</summary>
internal sealed class HistoryEndpoint(Attached attached)
{
    public Task Get(HttpContext http) => Answers.Json(http, HistoryJson.Of(attached.Started.History()), JsonShapes.Default.HistoryJson);
}
