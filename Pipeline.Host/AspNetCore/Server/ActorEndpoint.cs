using Microsoft.AspNetCore.Http;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Server;

/// <summary>The actors that there are now.</summary>
internal sealed class ActorEndpoint(Attached attached)
{
    public async Task Get(HttpContext http)
    {
        var actors = await Turns.Take(http, () => Task.FromResult(ActorsJson.Of(attached.Started.Actors())));
        await Answers.Json(http, actors, JsonShapes.Default.ActorsJson);
    }
}
