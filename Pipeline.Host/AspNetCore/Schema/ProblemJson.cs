namespace Pipeline.Host.Schema;

/// <summary>Why a request failed (RFC 9457, <c>application/problem+json</c>).</summary>
/// <param name="Title">The status in words.</param>
/// <param name="Status">The status.</param>
/// <param name="Detail">What was wrong with this request, and what was expected.</param>
internal sealed record ProblemJson(string Title, int Status, string Detail)
{
    /// <summary>The errors and warnings about the rules that were sent, if those are the problem.</summary>
    public IReadOnlyList<DiagnosticJson>? Diagnostics { get; init; }

    /// <summary>The generation in force, if another one was expected.</summary>
    public int? Generation { get; init; }
}
