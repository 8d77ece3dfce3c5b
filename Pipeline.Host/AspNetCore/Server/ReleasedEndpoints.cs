using System.Globalization;
using Microsoft.AspNetCore.Http;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Server;

/// <summary>Shows the flows that consumers have released, and takes them back.</summary>
internal sealed class ReleasedEndpoints(Attached attached)
{
    /// <summary>The flows in an answer where nobody says how many.</summary>
    private const int Usual = 100;

    private const int Most = 1000;

    public Task Get(HttpContext http)
    {
        var released = ReleasedJson.Of(attached.Started.Released, MostOf(http.Request));
        return Answers.Json(http, released, JsonShapes.Default.ReleasedJson);
    }

    public Task Delete(HttpContext http)
    {
        var flow = (string)http.Request.RouteValues["flow"]!;
        if (attached.Started.TakeBack(flow, RuleOrigin.Who(http)) is null)
            throw RefusedException.With(StatusCodes.Status404NotFound, "no such flow is released; expected the number or the words of one that GET /api/v1/released shows");
        http.Response.StatusCode = StatusCodes.Status202Accepted;
        return Task.CompletedTask;
    }

    private static int MostOf(HttpRequest request)
    {
        if (request.Query["most"] is not [{ Length: > 0 } text]) return Usual;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var most) && most is >= 1 and <= Most
            ? most
            : throw RefusedException.With(StatusCodes.Status400BadRequest, $"most: expected a whole number from 1 to {Most}");
    }
}
