using Pipeline.Host.Schema;

namespace Pipeline.Host.Remote;

/// <summary>A node that cannot be reached, or that refuses.</summary>
/// <param name="message">What happened, and what to do about it; fit for a terminal.</param>
/// <param name="exitCode">What the program ends with.</param>
/// <param name="problem">The node's own words, where it had some.</param>
internal sealed class NodeException(string message, int exitCode, ProblemJson? problem = null, Exception? inner = null) : Exception(message, inner)
{
    public int ExitCode { get; } = exitCode;

    public ProblemJson? Problem { get; } = problem;
}
