using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;

namespace Pipeline.Host.Remote;

/// <summary>
/// Asks one node, one question at a time. Every question ends within the timeout, and no answer is read beyond
/// <see cref="MostAnswerBytes"/>, whoever is at the other end.
/// </summary>
internal sealed class NodeClient : IDisposable
{
    /// <summary>The longest answer: more than a history with all its texts (64 Mi characters).</summary>
    public const int MostAnswerBytes = 256 << 20;

    /// <summary>The path of the figures.</summary>
    public const string Snapshot = "api/v1/snapshot";

    private static readonly TimeSpan ConnectPatience = TimeSpan.FromSeconds(5);

    private readonly HttpClient _http;
    private readonly NodeFailures _failures;
    private readonly TimeSpan _timeout;
    private readonly int _mostAnswerBytes;

    /// <param name="authorities">Those that an https node's certificate must come from; null for those of the machine.</param>
    public NodeClient(NodeAddress address, NodeToken? token, TimeSpan timeout, int mostAnswerBytes = MostAnswerBytes, X509Certificate2Collection? authorities = null)
    {
        (Address, _timeout, _mostAnswerBytes) = (address, timeout, mostAnswerBytes);
        _failures = new NodeFailures(address, token, timeout);
        var handler = new SocketsHttpHandler
        {
            // A redirect must not carry the token to another server.
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = !address.IsThisMachine,
            ConnectTimeout = timeout < ConnectPatience ? timeout : ConnectPatience,
        };
        if (authorities is not null) handler.SslOptions.CertificateChainPolicy = NodeAuthorities.Policy(authorities);
        _http = new HttpClient(handler) { BaseAddress = address.Base, Timeout = Timeout.InfiniteTimeSpan };
        if (token is not null) _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Value);
    }

    public NodeAddress Address { get; }

    /// <param name="path">The path after the node's address, such as <c>api/v1/rules</c>.</param>
    /// <exception cref="NodeException">There is no answer, or it is a refusal, or it does not come from a pipeline.</exception>
    public Task<T> Get<T>(string path) => Ask<T>(HttpMethod.Get, path);

    /// <param name="text">The body.</param>
    /// <param name="ifGeneration">The generation that must be in force; null for any.</param>
    /// <inheritdoc cref="Get"/>
    public async Task<T> Ask<T>(HttpMethod method, string path, string? text = null, int? ifGeneration = null)
    {
        var body = await Answer(method, path, text, ifGeneration);
        try
        {
            return NodeJson.Read<T>(body);
        }
        catch (JsonException error)
        {
            throw _failures.NotOurs($"an answer to {path} that this version cannot read", error);
        }
    }

    /// <summary>Sends a request whose answer has no body.</summary>
    /// <inheritdoc cref="Get"/>
    public Task Tell(HttpMethod method, string path) => Answer(method, path, null, null);

    /// <summary>Asks for an answer without end. Only its beginning has to come within the timeout.</summary>
    /// <param name="stop">Gives up.</param>
    /// <inheritdoc cref="Get"/>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public async Task<NodeStream> Open(string path, CancellationToken stop = default)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(_timeout);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        HttpResponseMessage? answer = null;
        try
        {
            answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            if (answer.IsSuccessStatusCode) return new NodeStream(answer, await answer.Content.ReadAsStreamAsync(patience.Token));
            throw _failures.Refused(answer, await Body(answer.Content, patience.Token));
        }
        catch (Exception error)
        {
            answer?.Dispose();
            if (error is not (HttpRequestException or IOException or OperationCanceledException) || stop.IsCancellationRequested) throw;
            throw _failures.Unreachable(error, patience.IsCancellationRequested, changes: false);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<byte[]> Answer(HttpMethod method, string path, string? text, int? ifGeneration)
    {
        using var patience = new CancellationTokenSource(_timeout);
        using var request = new HttpRequestMessage(method, path);
        if (text is not null) request.Content = new StringContent(text, Encoding.UTF8, "text/plain");
        if (ifGeneration is { } generation) request.Headers.IfMatch.Add(new EntityTagHeaderValue($"\"{generation}\""));
        try
        {
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            var body = await Body(answer.Content, patience.Token);
            return answer.IsSuccessStatusCode ? body : throw _failures.Refused(answer, body);
        }
        catch (Exception error) when (error is HttpRequestException or IOException or OperationCanceledException)
        {
            throw _failures.Unreachable(error, patience.IsCancellationRequested, changes: method != HttpMethod.Get);
        }
    }

    private async Task<byte[]> Body(HttpContent content, CancellationToken stop)
    {
        if (content.Headers.ContentLength > _mostAnswerBytes) throw TooLong();
        using var body = new MemoryStream();
        await using var stream = await content.ReadAsStreamAsync(stop);
        var chunk = new byte[64 << 10];
        for (var read = await stream.ReadAsync(chunk, stop); read > 0; read = await stream.ReadAsync(chunk, stop))
        {
            if (body.Length + read > _mostAnswerBytes) throw TooLong();
            body.Write(chunk, 0, read);
        }

        return body.ToArray();
    }

    private NodeException TooLong() => _failures.NotOurs($"more than {_mostAnswerBytes >> 20} MiB");
}
