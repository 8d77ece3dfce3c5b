using Pipeline.Host.Demo;

namespace Pipeline.Host.Running;

/// <summary>The server of one run. It is an interface so that a run without a server never loads its libraries.</summary>
internal interface IDashboard : IAsyncDisposable
{
    /// <summary>The server's address, such as <c>http://127.0.0.1:8480</c>, with the path that everything is below.</summary>
    string Url { get; }

    /// <summary>What the user should know, such as that its certificate expires soon; null for nothing.</summary>
    string? Warning => null;

    /// <summary>Gives the server the run to show. Until then it answers that the pipeline is starting.</summary>
    /// <param name="run">The run.</param>
    /// <param name="play">What a demo can do to it; null where it is no demo.</param>
    void Attach(IRunning run, IDemoPlay? play = null);
}

/// <summary>The server cannot listen on its address.</summary>
/// <param name="needsPrivilege">Whether the reason is a missing privilege.</param>
/// <param name="isTaken">Whether the reason is that somebody listens there already.</param>
internal sealed class DashboardException(string message, bool needsPrivilege = false, bool isTaken = false) : Exception(message)
{
    public bool IsTaken { get; } = isTaken;

    public bool NeedsPrivilege { get; } = needsPrivilege;
}
