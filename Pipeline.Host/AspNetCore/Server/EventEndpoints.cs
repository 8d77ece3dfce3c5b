using System.Globalization;
using Microsoft.AspNetCore.Http;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Server;

/// <summary>The events of the run.</summary>
internal sealed class EventEndpoints(Attached attached)
{
    public Task Get(HttpContext http) => Answers.Json(http, EventsJson.Of(attached.Started.Events, After(http.Request)), JsonShapes.Default.EventsJson);

    private static long After(HttpRequest request)
    {
        if (!request.Query.TryGetValue("after", out var text)) return 0;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var after)
            ? after
            : throw RefusedException.With(StatusCodes.Status400BadRequest, $"after={text}: expected the number of an event, such as ?after=17");
    }
}
