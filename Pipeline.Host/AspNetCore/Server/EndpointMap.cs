using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Pipeline.Host.Server;

/// <summary>Where the endpoints go: a server of the program's own, or an application.</summary>
/// <param name="Routes">Where they are mapped.</param>
/// <param name="IsReadOnly">Whether every change is refused.</param>
/// <param name="Stopping">Ends the streams.</param>
internal sealed record EndpointMap(IEndpointRouteBuilder Routes, bool IsReadOnly, CancellationToken Stopping)
{
    /// <summary>What goes around each answer; null where middleware does it.</summary>
    public Guard? Guard { get; init; }

    /// <summary>The application's policy for each right; null for none of its own.</summary>
    public Func<Right, string?> PolicyOf { get; init; } = _ => null;

    /// <summary>Maps one call, which <c>HEAD</c> may ask for too where <c>GET</c> may.</summary>
    /// <param name="begins">Whether to read it begins something, so that it is more than a look.</param>
    public void Map(string path, string method, Right right, RequestDelegate answer, bool begins = false)
    {
        string[] methods = method == HttpMethods.Get ? [HttpMethods.Get, HttpMethods.Head] : [method];
        RequestDelegate guarded = Guard is { } guard ? http => guard.Invoke(http, answer) : answer;
        var mapped = Routes.MapMethods(path, methods, guarded).WithMetadata(new RightNeeded(right, begins));
        if (PolicyOf(right) is { } policy) mapped.WithMetadata(new AuthorizeAttribute(policy));
    }
}
