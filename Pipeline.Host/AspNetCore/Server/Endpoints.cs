using Microsoft.AspNetCore.Http;
using Pipeline.Host.Dashboard;

namespace Pipeline.Host.Server;

/// <summary>Every address of the server on one page, with the right that it needs.</summary>
internal static class Endpoints
{
    public static void Map(EndpointMap map, Attached attached, ServerBounds bounds)
    {
        var snapshots = new SnapshotEndpoints(attached, map.IsReadOnly, map.Stopping);
        var uploads = new Uploads(bounds);
        var rules = new RuleEndpoints(attached, uploads);
        var trials = new TrialEndpoints(attached, uploads);

        foreach (var asset in PageAsset.All) Get(asset.Path, Right.None, http => IsPageWithoutSlash(http) ? Redirect(http) : Answers.Asset(http, asset));
        Get("/api/v1/openapi.json", Right.None, OpenApi.ApiDocument.Get);
        Get("/api/v1/snapshot", Right.Read, snapshots.Snapshot);
        Get("/api/v1/stream", Right.Read, snapshots.Stream);
        Get("/api/v1/topology", Right.Read, new TopologyEndpoint(attached).Get);
        Get("/api/v1/history", Right.Read, new HistoryEndpoint(attached).Get);
        Get("/api/v1/actors", Right.Read, new ActorEndpoint(attached).Get);
        Get("/api/v1/events", Right.Read, new EventEndpoints(attached).Get);
        Get("/metrics", Right.Read, snapshots.Metrics);
        var health = new HealthEndpoints(attached);
        Get("/health", Right.None, health.Ready);
        Get("/health/ready", Right.None, health.Ready);
        Get("/health/live", Right.None, health.Live);

        Get("/api/v1/rules", Right.Read, rules.Get);
        Get("/api/v1/rules/history", Right.Read, rules.History);
        Change("/api/v1/rules", HttpMethods.Put, Right.Change, rules.Put);
        Change("/api/v1/rules/check", HttpMethods.Post, Right.Read, rules.Check);
        Change("/api/v1/rules/rollback/{generation:int:min(1)}", HttpMethods.Post, Right.Change, rules.Rollback);
        Change("/api/v1/rules/confirm", HttpMethods.Post, Right.Change, rules.Confirm);
        Change("/api/v1/rules/confirm/{generation:int:min(1)}", HttpMethods.Post, Right.Change, rules.Confirm);

        Change("/api/v1/rules/dry-run", HttpMethods.Post, Right.Read, trials.DryRun);
        Get("/api/v1/rules/shadow", Right.Read, trials.Shadow);
        Change("/api/v1/rules/shadow", HttpMethods.Post, Right.Read, trials.BeginShadow);
        Change("/api/v1/rules/shadow", HttpMethods.Delete, Right.Read, trials.EndShadow);
        Change("/api/v1/rules/explain", HttpMethods.Post, Right.Read, trials.Explain);
        Get("/api/v1/paths", Right.Read, trials.Paths);

        var consumers = new ConsumerEndpoints(attached);
        Get("/api/v1/consumers/{name}/report", Right.Read, new ConsumerReportEndpoint(attached, bounds).Get);
        Change("/api/v1/consumers/{name}/pause", HttpMethods.Post, Right.Change, consumers.Pause);
        Change("/api/v1/consumers/{name}/resume", HttpMethods.Post, Right.Change, consumers.Resume);
        Change("/api/v1/consumers/{name}/close-breaker", HttpMethods.Post, Right.Change, consumers.CloseBreaker);
        Change("/api/v1/consumers/{name}/restart", HttpMethods.Post, Right.Change, consumers.Restart);
        Change("/api/v1/consumers/{name}/scale", HttpMethods.Post, Right.Change, consumers.Scale);

        var captures = new CaptureEndpoints(attached, bounds);
        Get("/api/v1/captures", Right.Capture, captures.List);
        Get("/api/v1/captures/{id}", Right.Capture, captures.Get);
        Get("/api/v1/tap", Right.Capture, new TapEndpoint(attached).Get, begins: true);
        Change("/api/v1/captures", HttpMethods.Post, Right.Capture, captures.Start);
        Change("/api/v1/captures/{id}", HttpMethods.Delete, Right.Capture, captures.Delete);

        var released = new ReleasedEndpoints(attached);
        Get("/api/v1/released", Right.Read, released.Get);
        Change("/api/v1/released/{flow}", HttpMethods.Delete, Right.Change, released.Delete);

        var demo = new DemoEndpoints(attached);
        Get("/api/v1/demo", Right.Read, demo.List);
        Change("/api/v1/demo/{act}", HttpMethods.Post, Right.Change, demo.Perform);

        var cluster = new ClusterEndpoints(attached);
        Get("/api/v1/cluster", Right.Read, cluster.Get);
        Change("/api/v1/cluster/leave", HttpMethods.Post, Right.Change, cluster.Leave);
        Change("/api/v1/cluster/down", HttpMethods.Post, Right.Change, cluster.Down);

        void Get(string path, Right right, RequestDelegate answer, bool begins = false) => map.Map(path, HttpMethods.Get, right, answer, begins);

        void Change(string path, string method, Right right, RequestDelegate answer) => map.Map(path, method, right, answer);
    }

    /// <summary>What the page asks for is relative to its own address, which therefore ends with a slash. That of any other file has a dot.</summary>
    private static bool IsPageWithoutSlash(HttpContext http) => !Path.HasExtension(http.Request.Path) && !http.Request.Path.Value!.EndsWith('/');

    /// <summary>Leads to the same path with a slash. An application may map it within a group, or with values in it.</summary>
    private static Task Redirect(HttpContext http)
    {
        // Two slashes at the beginning, such as of //host, would lead elsewhere.
        var path = http.Request.PathBase.Add(http.Request.Path).ToUriComponent().TrimStart('/');
        http.Response.Redirect($"/{path}/{http.Request.QueryString}");
        return Task.CompletedTask;
    }
}
