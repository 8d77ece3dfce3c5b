using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Pipeline.Host.Schema;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Remote;

/// <summary>Makes a message and an exit code for every way in which a node can fail to answer.</summary>
internal sealed class NodeFailures(NodeAddress address, NodeToken? token, TimeSpan timeout)
{
    /// <summary>Nobody answers, or the connection broke.</summary>
    /// <param name="timedOut">Whether the time ran out.</param>
    /// <param name="changes">Whether the request may have been carried out nevertheless.</param>
    public NodeException Unreachable(Exception error, bool timedOut, bool changes)
    {
        if (timedOut) return new($"{address} has not answered within {timeout.TotalSeconds:0.###} s{(changes ? "; whether it did what it was asked for is not known" : "; --timeout S waits longer")}", ExitCodes.Unavailable, inner: error);
        if (error is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }) return new(NotSecure(Reason(error)), ExitCodes.Unavailable, inner: error);
        return error is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError } or OperationCanceledException
            ? new($"nothing answers at {address} ({Reason(error)}); start a run with --dashboard ADDR:PORT, or say where one is with --node (`pipeline ps` shows those of this host)", ExitCodes.Unavailable, inner: error)
            : NotOurs(Quoted.Of(Reason(error)) + (address.Base.Scheme == "http" ? $"; a server with a certificate is asked at {Other("https")}" : ""), error);
    }

    /// <summary>Something answers that is not a pipeline, or a broken one.</summary>
    /// <param name="what">What it answered.</param>
    public NodeException NotOurs(string what, Exception? error = null) =>
        new($"what answers at {address} is no pipeline, or another version of it: {what}", ExitCodes.Unavailable, inner: error);

    /// <summary>The node refused the request.</summary>
    public NodeException Refused(HttpResponseMessage answer, byte[] body)
    {
        if (ProblemOf(answer, body) is not { } problem) return NotOurs($"status {(int)answer.StatusCode}{(answer.Headers.Location is { } to ? $", a redirection to {Quoted.Of(to.ToString())}" : "")}");
        var detail = Quoted.Of(problem.Detail);
        return answer.StatusCode switch
        {
            HttpStatusCode.Unauthorized => new($"{address}: {Unknown}", ExitCodes.MissingPrivilege, problem),
            HttpStatusCode.Forbidden => new($"{address}: {detail}{(token is null ? "" : $" ({token})")}", ExitCodes.MissingPrivilege, problem),
            HttpStatusCode.ServiceUnavailable => new($"{address}: {detail}", ExitCodes.Unavailable, problem),
            _ when problem.Diagnostics is { Count: > 0 } found => new($"{detail}: {Quoted.Of(found[0].Message)}", ExitCodes.InvalidInput, problem),
            _ => new(detail, ExitCodes.RuntimeFailure, problem),
        };
    }

    private string Unknown => token is null
        ? $"a token is needed; give --token-file FILE or {NodeToken.Variable}"
        : $"the token of {token} is not one of its (dashboard {{ tokens }})";

    /// <summary>.NET names what is wrong with a certificate by its flags alone (SslPolicyErrors, X509ChainStatusFlags).</summary>
    private string NotSecure(string reason)
    {
        if (reason.Contains("NameMismatch", StringComparison.Ordinal)) return $"{address}: its certificate is for another name than {address.Base.Host}; ask it by a name that the certificate has";
        if (!reason.Contains("certificate", StringComparison.Ordinal)) return $"{address}: no secure connection came about ({Quoted.Of(reason)}); a server without a certificate is asked at {Other("http")}";
        return $"{address}: its certificate is not trusted here ({Quoted.Of(reason)}); give --ca FILE or {NodeAuthorities.Variable} with that of the authority it comes from";
    }

    private string Other(string scheme) => scheme + address.ToString()[address.Base.Scheme.Length..];

    private static ProblemJson? ProblemOf(HttpResponseMessage answer, byte[] body)
    {
        if (answer.Content.Headers.ContentType?.MediaType != "application/problem+json") return null;
        try
        {
            return NodeJson.Read<ProblemJson>(body);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string Reason(Exception error) => error switch
    {
        OperationCanceledException => "no connection came about",
        { InnerException: SocketException socket } => socket.Message,
        { InnerException: { } inner } => inner.Message,
        _ => error.Message,
    };
}
