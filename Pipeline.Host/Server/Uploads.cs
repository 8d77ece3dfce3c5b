using Microsoft.AspNetCore.Http;

namespace Pipeline.Host.Server;

/// <summary>
/// The texts that are being received and processed. Limiting their number limits the memory they take. At the limit, a new text replaces
/// the one that has been arriving longest.
/// </summary>
internal sealed class Uploads(ServerBounds bounds)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<CancellationTokenSource> _coming = [];
    private int _taken;

    /// <param name="use">Processes the text, and answers.</param>
    /// <exception cref="RefusedException">The body is not text, it comes too slowly, or too many are being processed.</exception>
    public async Task Take(HttpContext http, Func<string, Task> use)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        stop.CancelAfter(bounds.BodyPatience);
        var place = Enter(stop);
        try
        {
            var text = await Read(http, stop.Token);
            lock (_lock) place.List?.Remove(place);
            await use(text);
        }
        finally
        {
            lock (_lock)
            {
                place.List?.Remove(place);
                _taken--;
            }
        }
    }

    private static async Task<string> Read(HttpContext http, CancellationToken stop)
    {
        try
        {
            return await BodyText.Read(http, stop);
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
            http.Response.Headers.Connection = "close";
            throw RefusedException.With(StatusCodes.Status408RequestTimeout, "the body comes too slowly");
        }
        catch (IOException error) when (error is not BadHttpRequestException)
        {
            // For example a chunk whose size has more than 64 bits.
            throw RefusedException.With(StatusCodes.Status400BadRequest, error.Message);
        }
    }

    private LinkedListNode<CancellationTokenSource> Enter(CancellationTokenSource stop)
    {
        LinkedListNode<CancellationTokenSource>? slowest = null;
        var place = new LinkedListNode<CancellationTokenSource>(stop);
        lock (_lock)
        {
            if (_taken >= bounds.MostUploads)
            {
                slowest = _coming.First ?? throw RefusedException.With(
                    StatusCodes.Status503ServiceUnavailable, $"{bounds.MostUploads} texts of rules are being worked on; ask again in a second");
                _coming.Remove(slowest);
            }

            _coming.AddLast(place);
            _taken++;
            // Under the lock: an upload that is told to go gives up its place under the same lock, before it disposes what is cancelled
            // here.
            slowest?.Value.CancelAsync();
        }

        return place;
    }
}
