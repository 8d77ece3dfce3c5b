namespace Pipeline.Host.Schema;

/// <summary>What went wrong with a request (RFC 9457, <c>application/problem+json</c>).</summary>
/// <param name="Title">The status in words.</param>
/// <param name="Status">The status.</param>
/// <param name="Detail">What was wrong with this request, and what was expected.</param>
internal sealed record ProblemJson(string Title, int Status, string Detail)
{
    /// <summary>What is wrong with the rules that were sent, where that is the problem.</summary>
    public IReadOnlyList<DiagnosticJson>? Diagnostics { get; init; }

    /// <summary>The generation in force, where another one was expected.</summary>
    public int? Generation { get; init; }
}
