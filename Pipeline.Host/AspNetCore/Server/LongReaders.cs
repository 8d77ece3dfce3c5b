using Microsoft.AspNetCore.Http;

namespace Pipeline.Host.Server;

/// <summary>
/// The clients that are being sent an answer that nothing else holds. Limiting their number limits the memory they take. Beyond the limit,
/// the one that has been reading longest is cut off. Any thread.
/// </summary>
/// <param name="most">Clients at a time.</param>
internal sealed class LongReaders(int most)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<HttpContext> _reading = [];

    /// <param name="send">Sends the answer.</param>
    public async Task Send(HttpContext http, Func<Task> send)
    {
        var place = new LinkedListNode<HttpContext>(http);
        Enter(place);
        try
        {
            await send();
        }
        finally
        {
            Leave(place);
        }
    }

    private void Enter(LinkedListNode<HttpContext> place)
    {
        lock (_lock)
        {
            if (_reading.Count >= most)
            {
                // Under the lock: once a request has left, its connection is another's.
                _reading.First!.Value.Abort();
                _reading.RemoveFirst();
            }

            _reading.AddLast(place);
        }
    }

    private void Leave(LinkedListNode<HttpContext> place)
    {
        lock (_lock) place.List?.Remove(place);
    }
}
