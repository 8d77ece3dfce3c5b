namespace Pipeline.Nic.Consumers;

/// <summary>A handler that a configuration names cannot be loaded.</summary>
/// <param name="message">Which, and why.</param>
/// <param name="help">What to do about it, or null.</param>
/// <param name="isMissing">Its assembly is not there, as opposed to there and unusable.</param>
public sealed class HandlerException(string message, string? help = null, bool isMissing = false, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>What to do about it, for the line under the message; null where there is nothing to suggest.</summary>
    public string? Help { get; } = help;

    /// <summary>Whether the assembly's file is not there, so that another path would help; false where it is there and unusable.</summary>
    public bool IsMissing { get; } = isMissing;
}
