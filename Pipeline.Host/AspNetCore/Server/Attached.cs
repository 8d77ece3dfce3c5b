using Pipeline.Host.Demo;
using Pipeline.Host.Running;

namespace Pipeline.Host.Server;

/// <summary>The run that the server shows, once there is one.</summary>
internal sealed class Attached
{
    private volatile IRunning? _run;

    public IRunning? Run
    {
        get => _run ?? (Find?.Invoke() is { } found ? Interlocked.CompareExchange(ref _run, found, null) ?? found : null);
        set => _run = value;
    }

    /// <summary>Looks for the run as long as there is none; null where it is attached.</summary>
    public Func<IRunning?>? Find { get; init; }

    /// <summary>What a demo can do to the run, set before it; null where it is no demo.</summary>
    public IDemoPlay? Play { get; set; }

    /// <exception cref="RefusedException">The pipeline is still being built.</exception>
    public IRunning Started => Run ?? throw RefusedException.Starting;
}
