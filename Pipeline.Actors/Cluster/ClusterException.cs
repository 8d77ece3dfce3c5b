namespace Pipeline.Actors.Cluster;

/// <summary>A node cannot take part in its cluster: its address is taken, or its certificate is none. The message says which and why.</summary>
public sealed class ClusterException : Exception
{
    /// <summary>Makes one with a general message.</summary>
    public ClusterException()
    {
    }

    /// <param name="message">What is wrong, and where.</param>
    public ClusterException(string message)
        : base(message)
    {
    }

    /// <param name="message">What is wrong, and where.</param>
    /// <param name="inner">The reason.</param>
    public ClusterException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
