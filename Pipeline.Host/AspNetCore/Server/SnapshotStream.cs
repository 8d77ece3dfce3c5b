using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Pipeline.Actors.Telemetry;
using Pipeline.Host.Running;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Server;

/// <summary>
/// One client's server-sent events (WHATWG HTML, section 9.2): <c>snapshot</c> whenever there is one, <c>hb</c> after a silence, and
/// <c>bye</c> at the end. Every snapshot is complete, so that a client that was away needs none of those it missed.
/// </summary>
internal sealed class SnapshotStream(HttpContext http, Snapshots snapshots, CancellationToken stopping)
{
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(2);

    /// <summary>How long the goodbye may take, so that a client that reads nothing cannot delay the end.</summary>
    private static readonly TimeSpan ByePatience = TimeSpan.FromMilliseconds(250);

    private bool _isWithin;
    private bool _hasSent;

    public async Task Run(IRunning run, TimeSpan interval)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        var reason = "stopping";
        try
        {
            var to = new AnswerBody(http, stop.Token);
            await Send(to, "retry: 2000\n\n"u8);
            await Follow(to, run.Watch(interval, stop.Token), stop.Token);

            // Whoever comes after the end, which an application may outlive, sees how it ended.
            if (!_hasSent) await SendEvent(to, run.View());
            reason = "ended";
        }
        catch (OperationCanceledException)
        {
            // The client has gone or the server stops. A client that has gone gets no goodbye, and neither does one that has not taken the
            // whole of the last event.
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        patience.CancelAfter(ByePatience);
        if (!http.RequestAborted.IsCancellationRequested && !_isWithin) await SayBye(new AnswerBody(http, patience.Token), reason);
    }

    private static async Task SayBye(AnswerBody to, string reason)
    {
        to.Write("event: bye\ndata: "u8);
        await JsonPieces.Write(to, new ByeJson(reason), JsonShapes.Default.ByeJson);
        await Send(to, "\n\n"u8);
    }

    private async Task Follow(AnswerBody to, IAsyncEnumerable<PipelineView> views, CancellationToken stop)
    {
        await using var each = views.GetAsyncEnumerator(stop);
        var next = each.MoveNextAsync().AsTask();
        while (true)
        {
            if (!await Comes(next, stop)) await Send(to, "event: hb\ndata: {}\n\n"u8);
            else if (!await next) return;
            else
            {
                await SendEvent(to, each.Current);
                next = each.MoveNextAsync().AsTask();
            }
        }
    }

    private static async Task<bool> Comes(Task next, CancellationToken stop)
    {
        if (next.IsCompleted) return true;
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var first = await Task.WhenAny(next, Task.Delay(Silence, waiting.Token));
        await waiting.CancelAsync();
        return first == next || next.IsCompleted || stop.IsCancellationRequested;
    }

    private async Task SendEvent(AnswerBody to, PipelineView view)
    {
        _isWithin = true;
        Encoding.ASCII.GetBytes($"id: {view.Sequence}\nevent: snapshot\ndata: ", to);
        await JsonPieces.Write(to, snapshots.Of(view), JsonShapes.Default.SnapshotJson);
        await Send(to, "\n\n"u8);
        (_isWithin, _hasSent) = (false, true);
    }

    private static ValueTask Send(AnswerBody to, ReadOnlySpan<byte> bytes)
    {
        to.Write(bytes);
        return to.Flush();
    }
}
