using System.Buffers;
using Microsoft.AspNetCore.Http;

namespace Pipeline.Host.Server;

/// <summary>
/// The body of an answer on its way to the client, a piece at a time. A piece is written only after the client has made room for the one
/// before it. So a client that reads slowly or not at all holds one piece here and two in the server's own buffers, however long the
/// answer is.
/// </summary>
/// <remarks>
/// Whoever writes calls <see cref="Relieve"/> between two things, and <see cref="End"/> or <see cref="Flush"/> after the last. One caller
/// at a time.
/// </remarks>
/// <param name="http">The request. HEAD gets the headers alone.</param>
/// <param name="stop">Ends the waiting for a client that does not read.</param>
/// <param name="patience">How long a client may take for a piece; null for as long as the server's bounds say.</param>
internal sealed class AnswerBody(HttpContext http, CancellationToken stop, TimeSpan? patience = null) : IBufferWriter<byte>
{
    /// <summary>Half of what the server buffers for a connection before it makes the writer wait (Kestrel, 64 KiB).</summary>
    public const int PieceBytes = 32 << 10;

    private readonly ArrayBufferWriter<byte> _piece = new();
    private readonly TimeSpan _patience = patience ?? (http.Features.Get<ServerBounds>() ?? ServerBounds.Usual).ReadingPatience;
    private readonly bool _isHead = HttpMethods.IsHead(http.Request.Method);
    private bool _isPastFirst;

    /// <summary>The bytes that were written and not sent.</summary>
    public int Held => _piece.WrittenCount;

    public Memory<byte> GetMemory(int sizeHint = 0) => _piece.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => _piece.GetSpan(sizeHint);

    public void Advance(int count) => _piece.Advance(count);

    /// <summary>Sends what was written if that is a piece, and waits until there is room for more.</summary>
    /// <exception cref="OperationCanceledException">The client has gone, or nobody waits for it any longer.</exception>
    public ValueTask Relieve() => _piece.WrittenCount < PieceBytes ? ValueTask.CompletedTask : Send();

    /// <summary>Sends the rest. An answer that is a single piece tells its length, which longer ones cannot know in advance.</summary>
    /// <exception cref="OperationCanceledException">As in <see cref="Relieve"/>.</exception>
    public async ValueTask End()
    {
        if (!_isPastFirst) http.Response.ContentLength ??= _piece.WrittenCount;
        await Send();
    }

    /// <summary>Sends what was written so far, because there may be nothing more for a while.</summary>
    /// <exception cref="OperationCanceledException">As in <see cref="Relieve"/>.</exception>
    public async ValueTask Flush()
    {
        await Send();
        await http.Response.Body.FlushAsync(stop);
    }

    private async ValueTask Send()
    {
        // The server takes what is written to a connection that is gone as if it were sent.
        stop.ThrowIfCancellationRequested();
        _isPastFirst = true;
        if (!_isHead && _piece.WrittenCount > 0)
        {
            var write = http.Response.Body.WriteAsync(_piece.WrittenMemory, stop);
            if (write.IsCompleted) await write;
            else await Taken(write.AsTask());
        }

        _piece.ResetWrittenCount();
    }

    /// <summary>
    /// Waits until the client has taken what is buffered for it. Kestrel's own limit, on the rate of the whole answer, says nothing here: a
    /// client that took the first megabytes fast could then read nothing for many minutes.
    /// </summary>
    private async Task Taken(Task write)
    {
        try
        {
            await write.WaitAsync(_patience, stop);
        }
        catch (TimeoutException)
        {
            http.Abort();
            throw new OperationCanceledException("The client reads too slowly.");
        }
    }
}
