using Pipeline.Actors.Telemetry;

namespace Pipeline.Actors.Captures;

/// <summary>How captures end and are forgotten.</summary>
public sealed partial class CaptureList
{
    /// <summary>A filter with names of hosts can be at its resolver. That holds up no end of a run.</summary>
    private static readonly TimeSpan EndPatience = TimeSpan.FromSeconds(2);

    /// <summary>Ends all captures, because there will be no more packets, and takes no more.</summary>
    internal async Task EndAsync()
    {
        Task[] ended;
        lock (_lock)
        {
            _over.TrySetResult();
            foreach (var capture in _running.Keys) capture.Stop();
            ended = [.. _running.Values.Select(r => r.Task)];
        }

        await Task.WhenAny(Task.WhenAll(ended), Task.Delay(EndPatience, _clock));
    }

    private async Task Follow(LiveCapture capture)
    {
        var words = "";
        try
        {
            await capture.Run(() => _setup.Nic.Interfaces);

            // The file's end is worth nothing to the reader of a tap who does not get it before the server goes.
            if (capture.Request.IsTap) await Task.WhenAny(capture.Left, Task.Delay(EndPatience, _clock));
        }
        catch (Exception error)
        {
            // The capture has ended with what it had. It must not take the run with it.
            words = $"; it failed: {error.Message.ReplaceLineEndings(" ")}";
        }

        Tell(PipelineEventKind.CaptureEnded, capture, CaptureWords.Ended(capture) + words);
        lock (_lock)
        {
            if (_running.Remove(capture, out var running)) running.TrySetResult();
        }

        _ = Expire(capture.Id);
    }

    /// <summary>Forgets a capture that nobody fetches. What waits here has its name alone: one that was fetched must not stay in memory.</summary>
    private async Task Expire(string id)
    {
        await Task.WhenAny(Task.Delay(Kept, _clock), _over.Task);
        if (_over.Task.IsCompleted) return;
        lock (_lock)
        {
            if (_all.Find(c => c.Id == id) is { } capture) Remove(capture);
        }
    }

    private void Remove(LiveCapture capture)
    {
        if (_all.Remove(capture) && capture.Readers > 0) _leaving.Add(capture);
    }

    /// <param name="who">Who wanted it; null for whoever the capture is for.</param>
    private void Tell(PipelineEventKind kind, LiveCapture capture, string words, string? who = null)
    {
        who ??= capture.Request.Who is "" ? null : capture.Request.Who;
        _events.Add(new PipelineEvent(0, default, kind, $"capture {capture.Id}", words) { Who = who });
    }

    private sealed class Reader(CaptureList list, LiveCapture capture) : IDisposable
    {
        private int _isDisposed;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 1) return;
            lock (list._lock)
            {
                if (--capture.Readers > 0) return;
                list._leaving.Remove(capture);
            }

            capture.Leave();
        }
    }
}
