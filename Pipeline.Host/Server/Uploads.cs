using Microsoft.AspNetCore.Http;

namespace Pipeline.Host.Server;

/// <summary>
/// The texts that are being sent and worked on, so many at a time: that bounds the memory they take. Where there are as many, one more
/// takes the place of the one that has been on its way for longest.
/// </summary>
internal sealed class Uploads(ServerBounds bounds)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<CancellationTokenSource> _coming = [];
    private int _taken;

    /// <param name="use">What is done with the text, and answered.</param>
    /// <exception cref="RefusedException">It is no text, it comes too slowly, or too many are being worked on.</exception>
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
            // A chunk's size of more than 64 bits, among others.
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
            // Under the lock, under which whoever is told to go takes its place away before it disposes what is cancelled here.
            slowest?.Value.CancelAsync();
        }

        return place;
    }
}
