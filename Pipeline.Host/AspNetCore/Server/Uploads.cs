using Microsoft.AspNetCore.Http;

namespace Pipeline.Host.Server;

/// <summary>
/// The texts that are being received, processed and answered. Limiting their number limits the memory they take. At the limit, a new text
/// replaces the one that has been arriving longest; if none is arriving, the one whose client has taken longest to read the answer.
/// </summary>
internal sealed class Uploads(ServerBounds bounds)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<Action> _coming = [];
    private readonly LinkedList<Action> _going = [];
    private int _taken;

    /// <param name="use">Processes the text. What it returns sends the answer.</param>
    /// <exception cref="RefusedException">The body is not text, it comes too slowly, or too many are being processed.</exception>
    public async Task Take(HttpContext http, Func<string, Task<Func<Task>>> use)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        stop.CancelAfter(bounds.BodyPatience);
        var place = Enter(() => stop.CancelAsync());
        try
        {
            var answer = await Process(http, use, place, stop.Token);
            place.Value = http.Abort;
            Move(place, _going);
            await answer();
        }
        finally
        {
            Leave(place);
        }
    }

    private async Task<Func<Task>> Process(HttpContext http, Func<string, Task<Func<Task>>> use, LinkedListNode<Action> place, CancellationToken stop)
    {
        var text = await Read(http, stop);
        Move(place, null);
        return await use(text);
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

    /// <param name="giveUp">Makes it leave early. It must not wait.</param>
    private LinkedListNode<Action> Enter(Action giveUp)
    {
        var place = new LinkedListNode<Action>(giveUp);
        lock (_lock)
        {
            var slowest = _taken < bounds.MostUploads ? null : _coming.First ?? _going.First ?? throw RefusedException.With(
                StatusCodes.Status503ServiceUnavailable, $"{bounds.MostUploads} texts of rules are being worked on; ask again in a second");
            slowest?.List!.Remove(slowest);
            _coming.AddLast(place);
            _taken++;
            // Under the lock: an upload that is told to go gives up its place under the same lock, before it disposes what is cancelled
            // here.
            slowest?.Value();
        }

        return place;
    }

    private void Move(LinkedListNode<Action> place, LinkedList<Action>? to)
    {
        lock (_lock)
        {
            place.List?.Remove(place);
            to?.AddLast(place);
        }
    }

    private void Leave(LinkedListNode<Action> place)
    {
        lock (_lock)
        {
            place.List?.Remove(place);
            _taken--;
        }
    }
}
