using Microsoft.AspNetCore.Http;
using Pipeline.Actors.Cluster;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Server;

/// <summary>
/// The cluster as this node sees it, and members asked to go. The answer says that somebody was asked; the view shows when it is done.
/// </summary>
internal sealed class ClusterEndpoints(Attached attached)
{
    public Task Get(HttpContext http)
    {
        var run = attached.Started;
        var links = run.Cluster is null ? null : ClusterLinksJson.Of(run.View());
        return Answers.Json(http, ClusterJson.Of(run.Cluster?.View, links), JsonShapes.Default.ClusterJson);
    }

    /// <summary>Without a member it is this node that leaves.</summary>
    public Task Leave(HttpContext http) => Ask(http, "leave", (cluster, member) => cluster.Leave(member, RuleOrigin.Who(http)), cluster => cluster.Options.Name);

    public Task Down(HttpContext http) => Ask(http, "down", (cluster, member) => cluster.Down(member, RuleOrigin.Who(http)), _ => null);

    private Task Ask(HttpContext http, string what, Func<ClusterNode, string, string?> ask, Func<ClusterNode, string?> otherwise)
    {
        var cluster = attached.Started.Cluster ?? throw RefusedException.With(StatusCodes.Status409Conflict, ClusterJson.Of(null).Words);
        var member = http.Request.Query["member"].ToString() is { Length: > 0 } given ? given : otherwise(cluster)
            ?? throw RefusedException.With(StatusCodes.Status400BadRequest, "expected the member to give up, such as ?member=n2");
        if (ask(cluster, member) is { } refusal)
        {
            throw RefusedException.With(cluster.View.Members.Count == 0 ? StatusCodes.Status409Conflict : StatusCodes.Status404NotFound, refusal);
        }

        return Answers.Json(http, new ClusterAskedJson(member, what), JsonShapes.Default.ClusterAskedJson, StatusCodes.Status202Accepted);
    }
}
