using Pipeline.Host.Schema;

namespace Pipeline.Host.Remote;

/// <summary>A node cannot be reached, or refuses.</summary>
/// <param name="message">What happened, and what to do about it. Safe for a terminal.</param>
/// <param name="exitCode">The exit code of the program.</param>
/// <param name="problem">The node's own words, if it sent any.</param>
internal sealed class NodeException(string message, int exitCode, ProblemJson? problem = null, Exception? inner = null) : Exception(message, inner)
{
    public int ExitCode { get; } = exitCode;

    public ProblemJson? Problem { get; } = problem;
}
