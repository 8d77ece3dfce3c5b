using Microsoft.AspNetCore.Http;

namespace Pipeline.Host.Server;

/// <summary>
/// Has figures read for one request at a time. They are the most expensive answer there is: a client that asks for hundreds of them waits
/// for its turn here, and keeps no health check waiting for a thread.
/// </summary>
internal static class Turns
{
    // There is one semaphore for the process, which has one run to show, so that nobody needs to dispose it.
    private static readonly SemaphoreSlim Turn = new(1);

    public static async Task<T> Take<T>(HttpContext http, Func<Task<T>> read)
    {
        await Turn.WaitAsync(http.RequestAborted);
        try
        {
            return await read();
        }
        finally
        {
            Turn.Release();
        }
    }
}
