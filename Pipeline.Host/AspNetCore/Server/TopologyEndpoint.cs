using Microsoft.AspNetCore.Http;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Server;

/// <summary>The pipeline as a graph, for machines, or as the text of a flowchart.</summary>
internal sealed class TopologyEndpoint(Attached attached)
{
    public async Task Get(HttpContext http)
    {
        var isMermaid = IsMermaid(http.Request);
        var topology = await Turns.Take(http, async () => TopologyGraph.Of(await FirstRates.View(http, attached.Started)));
        if (isMermaid) await Answers.Lines(http, TopologyMermaid.Of(topology), "text/plain; charset=utf-8");
        else await Answers.Json(http, topology, JsonShapes.Default.TopologyJson);
    }

    private static bool IsMermaid(HttpRequest request) => request.Query["format"].ToString() switch
    {
        "" or "json" => false,
        "mermaid" => true,
        var other => throw RefusedException.With(StatusCodes.Status400BadRequest, $"format={other}: expected json or mermaid"),
    };
}
