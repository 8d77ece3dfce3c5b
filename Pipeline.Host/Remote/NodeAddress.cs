using System.Net;
using Pipeline.Host.Registry;

namespace Pipeline.Host.Remote;

/// <summary>The address of the server of a running pipeline.</summary>
/// <param name="Base">The base address. It ends with a slash, so that a path can be appended.</param>
internal sealed record NodeAddress(Uri Base)
{
    public const string Variable = "PIPELINE_NODE";

    public const string Usual = "http://127.0.0.1:8480";

    private const int UsualPort = 8480;

    public bool IsThisMachine =>
        Base.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(Base.DnsSafeHost, out var address) && IPAddress.IsLoopback(address));

    /// <param name="flag">The value of <c>--node</c>; null if it was not given.</param>
    /// <param name="pipelines">Those of this host, whose names are addresses too. A name goes before a host that is called the same.</param>
    /// <exception cref="UsageException">The value is no address.</exception>
    /// <exception cref="NodeException">The value is the name of a pipeline that has no server, has ended, or is another user's.</exception>
    public static NodeAddress Of(string? flag, IReadOnlyDictionary<string, string> environment, RunningPipelines pipelines)
    {
        if (flag is not null) return Named("--node", flag, pipelines);
        return environment.GetValueOrDefault(Variable) is { Length: > 0 } variable ? Named(Variable, variable, pipelines) : Parse("--node", Usual);
    }

    public bool IsUsual => ToString() == Usual;

    public override string ToString() => Base.AbsoluteUri.TrimEnd('/');

    private static NodeAddress Named(string option, string text, RunningPipelines pipelines)
    {
        // Taken for a host, a name would be looked up in the network, and a token sent to whatever answers to it there.
        if (pipelines.Find(text, out var whyNot) is not { } pipeline)
            return whyNot is null ? Parse(option, text) : throw new NodeException($"{whyNot}; a host of that name is http://{text}:{UsualPort}", ExitCodes.Unavailable);
        return pipeline.Url is { } url
            ? Parse(option, url)
            : throw new NodeException($"pipeline {pipeline.Name} (pid {pipeline.Pid}) has no server; start it with --dashboard ADDR:PORT", ExitCodes.Unavailable);
    }

    private static NodeAddress Parse(string name, string text)
    {
        if (!Uri.TryCreate(text.Contains("://", StringComparison.Ordinal) ? text : WithScheme(text), UriKind.Absolute, out var uri)
            || uri.Scheme is not ("http" or "https") || uri.Host.Length == 0 || uri.Query.Length > 0 || uri.Fragment.Length > 0)
        {
            throw new UsageException($"{name} {text}: expected where a pipeline's server is, such as {Usual}, or a name that `pipeline ps` shows");
        }

        // A password here would be visible in the list of processes, and in the history of the shell.
        if (uri.UserInfo.Length > 0) throw new UsageException($"{name}: no password goes into an address; give --token-file FILE or {NodeToken.Variable}");
        return new NodeAddress(uri.AbsolutePath.EndsWith('/') ? uri : new UriBuilder(uri) { Path = uri.AbsolutePath + "/" }.Uri);
    }

    /// <summary>Adds the scheme to a bare host, which is meant to be a pipeline's server.</summary>
    private static string WithScheme(string text)
    {
        var hasPort = text.LastIndexOf(':') > text.LastIndexOf(']');
        return hasPort || text.Contains('/') ? $"http://{text}" : $"http://{text}:{UsualPort}";
    }
}
