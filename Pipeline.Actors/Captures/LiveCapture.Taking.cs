using Pipeline.Nic.Accounts;

namespace Pipeline.Actors.Captures;

/// <summary>How packets get out of the rings into the file.</summary>
public sealed partial class LiveCapture
{
    /// <summary>Takes packets until the end. Once.</summary>
    /// <param name="known">The source's interfaces.</param>
    internal async Task Run(Func<IEnumerable<NicInterface>> known)
    {
        var endedAs = CaptureState.Stopped;
        try
        {
            await TakeUntilEnd();
            var isOver = !_isStopped;
            Close();
            await TakeRest();
            _file.End(known());
            if (isOver || _file.IsFull) endedAs = CaptureState.Complete;
        }
        finally
        {
            Close();
            _file.Close();
            _ports = [];
            Volatile.Write(ref _endedAt, _clock.GetUtcNow().Ticks);
            Volatile.Write(ref _state, (int)endedAs);
        }
    }

    private async Task TakeUntilEnd()
    {
        using var rest = new PeriodicTimer(Rest);
        var told = _began;
        while (!_file.IsFull && !_isStopped && (Request.IsTap || _clock.GetElapsedTime(_began) < Request.Time))
        {
            foreach (var (_, port) in _ports) port.Prepare();
            if (!_file.Take(MostAtOnce)) await rest.WaitForNextTickAsync();
            if (!Request.IsTap || _clock.GetElapsedTime(told) < BetweenNotes) continue;
            _file.TellMissed();
            told = _clock.GetTimestamp();
        }
    }

    /// <summary>Takes what waits in rings. What the reader of a tap leaves no room for within the patience is missed.</summary>
    private async Task TakeRest()
    {
        using var rest = new PeriodicTimer(Rest);
        var began = _clock.GetTimestamp();
        do
        {
            while (_file.Take(MostAtOnce)) await Task.Yield();
        }
        while (_file.WaitsForReader && !_left.Task.IsCompleted && _clock.GetElapsedTime(began) < RestPatience && await rest.WaitForNextTickAsync());
    }

    private void Close()
    {
        foreach (var (router, port) in _ports)
        {
            port.Close();
            router.Remove(port);
        }
    }
}
