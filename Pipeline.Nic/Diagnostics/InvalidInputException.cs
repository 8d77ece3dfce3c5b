namespace Pipeline.Nic.Diagnostics;

/// <summary>Rules, a configuration or an expression that cannot be used.</summary>
/// <param name="summary">The consequence or the fault, in a sentence without a full stop.</param>
/// <param name="diagnostics">
/// Everything that was found, including warnings, in the order to print them. The exception's message lists them.
/// </param>
public sealed class InvalidInputException(string summary, IReadOnlyList<Diagnostic> diagnostics)
    : Exception(string.Join('\n', diagnostics.Select(d => d.ToString()).Append(summary)))
{
    /// <summary>The last line of the message.</summary>
    public string Summary { get; } = summary;

    /// <summary>Errors and warnings, each with its place.</summary>
    public IReadOnlyList<Diagnostic> Diagnostics { get; } = diagnostics;
}
