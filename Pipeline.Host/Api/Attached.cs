using Pipeline.Host.Running;

namespace Pipeline.Host.Api;

/// <summary>The run that the server shows, once there is one.</summary>
internal sealed class Attached
{
    private volatile Pair? _pair;

    public IRunning? Run => _pair?.Run;

    public IRuleControl? Rules => _pair?.Rules;

    public void Set(IRunning run, IRuleControl rules) => _pair = new Pair(run, rules);

    private sealed record Pair(IRunning Run, IRuleControl Rules);
}
