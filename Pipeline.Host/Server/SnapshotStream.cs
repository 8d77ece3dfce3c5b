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

    private static readonly byte[] Heartbeat = Encoding.ASCII.GetBytes("event: hb\ndata: {}\n\n");

    public async Task Run(IRunning run, TimeSpan interval)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, stopping);
        var reason = "stopping";
        try
        {
            await Send("retry: 2000\n\n"u8.ToArray(), stop.Token);
            await Follow(run.Watch(interval, stop.Token), stop.Token);
            reason = "ended";
        }
        catch (OperationCanceledException)
        {
            // The client has gone or the server stops. A client that has gone gets no goodbye.
        }

        using var patience = new CancellationTokenSource(ByePatience);
        var bye = JsonText.Bytes(new ByeJson(reason), JsonShapes.Default.ByeJson);
        if (!http.RequestAborted.IsCancellationRequested) await Send([.. "event: bye\ndata: "u8, .. bye.Span, .. "\n\n"u8], patience.Token);
    }

    private async Task Follow(IAsyncEnumerable<PipelineView> views, CancellationToken stop)
    {
        await using var each = views.GetAsyncEnumerator(stop);
        var next = each.MoveNextAsync().AsTask();
        while (true)
        {
            if (!await Comes(next, stop)) await Send(Heartbeat, stop);
            else if (!await next) return;
            else
            {
                await Send(Event(each.Current), stop);
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

    private byte[] Event(PipelineView view) =>
        [.. Encoding.ASCII.GetBytes($"id: {view.Sequence}\nevent: snapshot\ndata: "), .. snapshots.Write(view).Span, .. "\n\n"u8];

    private async Task Send(byte[] bytes, CancellationToken stop)
    {
        await http.Response.Body.WriteAsync(bytes, stop);
        await http.Response.Body.FlushAsync(stop);
    }
}
