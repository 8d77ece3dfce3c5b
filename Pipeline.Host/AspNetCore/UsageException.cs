namespace Pipeline.Host;

/// <summary>A command line that cannot be followed.</summary>
/// <param name="message">What is wrong and what was expected.</param>
internal sealed class UsageException(string message) : Exception(message);
