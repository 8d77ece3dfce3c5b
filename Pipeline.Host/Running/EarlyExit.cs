namespace Pipeline.Host.Running;

/// <summary>
/// Handles an end of the process from inside a run, as when a handler calls <c>Environment.Exit</c>. The run is ended first, so that files
/// are finished and the report is printed, and the process does not end as if all were well.
/// </summary>
internal sealed class EarlyExit : IDisposable
{
    /// <summary>
    /// The longest wait for the run. The runtime waits for its listeners without a limit, but whoever ended the process does not want to
    /// wait.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly TaskCompletionSource _over = new();
    private IRunning? _run;
    private volatile bool _isUnderWay;

    public EarlyExit() => AppDomain.CurrentDomain.ProcessExit += OnExit;

    /// <summary>Whether the process is ending already.</summary>
    public bool IsUnderWay => _isUnderWay;

    public void Guard(IRunning run) => Volatile.Write(ref _run, run);

    /// <summary>Writes why the run ended.</summary>
    /// <returns>The exit code, if it decides how the process ends.</returns>
    public int Conclude(TextWriter text)
    {
        text.WriteLine("error: the process was ended from inside, as Environment.Exit in a handler does; what was in flight was dropped");
        return ExitCodes.RuntimeFailure;
    }

    /// <summary>The report is printed: lets the process end.</summary>
    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnExit;
        _over.TrySetResult();
    }

    /// <summary>Called on the thread that ends the process. All other threads continue meanwhile.</summary>
    private void OnExit(object? sender, EventArgs e)
    {
        // A second interrupt ends the process itself if the run does not end in time.
        if (Volatile.Read(ref _run) is not { } run || Environment.ExitCode == ExitCodes.SecondInterrupt) return;
        _isUnderWay = true;
        if (Environment.ExitCode == ExitCodes.Ok) Environment.ExitCode = ExitCodes.RuntimeFailure;
        run.Abort();
        _over.Task.Wait(Patience);
    }
}
