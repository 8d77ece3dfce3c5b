using System.Net;

namespace Pipeline.Nic.Rules.Guards;

/// <summary>The TCP ports and endpoints whose packets guards keep out. A guard without any is not in force.</summary>
public sealed record GuardPorts
{
    /// <summary>The ports at which the machine's sshd listens.</summary>
    public IReadOnlyList<int> Ssh { get; init; } = [];

    /// <summary>The source of the ssh ports, in words that follow "by"; null where none was asked.</summary>
    public string? SshSource { get; init; }

    /// <summary>
    /// The endpoints at which this node listens for others of its cluster, and those of the others that it connects to. The address 0.0.0.0
    /// or :: stands for any address of either version. Endpoints on the loopback need no guard.
    /// </summary>
    public IReadOnlyList<IPEndPoint> Cluster { get; init; } = [];

    /// <summary>The endpoints at which the dashboard is served, in the same form.</summary>
    public IReadOnlyList<IPEndPoint> Dashboard { get; init; } = [];

    /// <summary>What the guard <c>own</c> has to know; null where the source cannot ask the kernel's sockets.</summary>
    public OwnReplies? Own { get; init; }
}
