using Pipeline.Host.Demo;
using Pipeline.Host.Running;

namespace Pipeline.Host.Server;

/// <summary>The run that the server shows, once there is one.</summary>
internal sealed class Attached
{
    private volatile IRunning? _run;

    public IRunning? Run
    {
        get => _run;
        set => _run = value;
    }

    /// <summary>What a demo can do to the run, set before it; null where it is no demo.</summary>
    public DemoPlay? Play { get; set; }

    /// <exception cref="RefusedException">The pipeline is still being built.</exception>
    public IRunning Started => _run ?? throw RefusedException.Starting;
}
