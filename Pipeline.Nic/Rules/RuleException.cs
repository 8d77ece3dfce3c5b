using Pipeline.Nic.Diagnostics;

namespace Pipeline.Nic.Rules;

/// <summary>Rules that cannot be put in force, and why.</summary>
public sealed class RuleException(IReadOnlyList<Diagnostic> errors) : Exception(string.Join('\n', errors))
{
    /// <summary>One or more, in the order of their places in the text. No warnings.</summary>
    public IReadOnlyList<Diagnostic> Errors { get; } = errors;
}
