using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host;

/// <summary>Rules or a configuration with errors in them.</summary>
/// <param name="message">What cannot be used.</param>
/// <param name="diagnostics">All that was found, warnings too, in the order to print them.</param>
internal sealed class InvalidInputException(string message, IReadOnlyList<Diagnostic> diagnostics) : Exception(message)
{
    public IReadOnlyList<Diagnostic> Diagnostics { get; } = diagnostics;
}
