namespace Pipeline.Host.Remote;

/// <summary>An answer of a node that goes on. To be disposed, also before its end.</summary>
internal sealed class NodeStream(HttpResponseMessage answer, Stream bytes) : IDisposable
{
    public Stream Bytes => bytes;

    /// <summary>The last part of the address that the node gave to what it sends; null for none.</summary>
    public string? Name => answer.Content.Headers.ContentLocation?.OriginalString.Split('/')[^1];

    public void Dispose()
    {
        bytes.Dispose();
        answer.Dispose();
    }
}
