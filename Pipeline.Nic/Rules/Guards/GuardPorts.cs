namespace Pipeline.Nic.Rules.Guards;

/// <summary>The TCP ports that guards keep packets to. A guard without any is not in force.</summary>
public sealed record GuardPorts
{
    /// <summary>Where the machine's sshd listens.</summary>
    public IReadOnlyList<int> Ssh { get; init; } = [];

    /// <summary>Who says so, to follow the word "by"; null where nobody was asked.</summary>
    public string? SshSource { get; init; }

    /// <summary>Where this node listens for others of its cluster.</summary>
    public IReadOnlyList<int> Cluster { get; init; } = [];

    /// <summary>Where the dashboard is served.</summary>
    public IReadOnlyList<int> Dashboard { get; init; } = [];
}
