namespace Pipeline.Nic.Rules.Guards;

/// <summary>The TCP ports whose packets guards keep out. A guard without ports is not in force.</summary>
public sealed record GuardPorts
{
    /// <summary>The ports at which the machine's sshd listens.</summary>
    public IReadOnlyList<int> Ssh { get; init; } = [];

    /// <summary>The source of the ssh ports, in words that follow "by"; null where none was asked.</summary>
    public string? SshSource { get; init; }

    /// <summary>The ports at which this node listens for others of its cluster.</summary>
    public IReadOnlyList<int> Cluster { get; init; } = [];

    /// <summary>The ports at which the dashboard is served.</summary>
    public IReadOnlyList<int> Dashboard { get; init; } = [];
}
