namespace Pipeline.Nic.Consumers;

/// <summary>A handler that a configuration names cannot be had.</summary>
/// <param name="message">Which, and why.</param>
/// <param name="help">What to do about it, or null.</param>
/// <param name="isMissing">Its assembly is not there, as opposed to being of no use.</param>
public sealed class HandlerException(string message, string? help = null, bool isMissing = false, Exception? inner = null) : Exception(message, inner)
{
    public string? Help { get; } = help;

    public bool IsMissing { get; } = isMissing;
}
