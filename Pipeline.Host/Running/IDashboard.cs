namespace Pipeline.Host.Running;

/// <summary>The server of one run. Behind an interface, so that a run without one never loads what it is made of.</summary>
internal interface IDashboard : IAsyncDisposable
{
    /// <summary>Where it can be reached, such as <c>http://127.0.0.1:8480</c>.</summary>
    string Url { get; }

    /// <summary>Gives it the run to show. Until then it answers that the pipeline is starting.</summary>
    void Attach(IRunning run);
}

/// <summary>The server cannot listen where it was told to.</summary>
/// <param name="needsPrivilege">Whether that is because the program may not.</param>
internal sealed class DashboardException(string message, bool needsPrivilege = false) : Exception(message)
{
    public bool NeedsPrivilege { get; } = needsPrivilege;
}
