namespace Pipeline.Nic.Consumers;

/// <summary>
/// An output that can take no more: a full disk, a closed pipe, a missing permission. Final: the consumer is not restarted.
/// </summary>
/// <param name="output">The file's name, or "standard output".</param>
/// <param name="problem">What happened, in words.</param>
/// <param name="isClosedPipe">The reader went away. With that the user says "enough".</param>
public sealed class OutputException(string output, string problem, bool isClosedPipe = false, Exception? inner = null)
    : IOException($"{output}: {problem}", inner)
{
    /// <summary>The file's name as messages show it, or "standard output".</summary>
    public string Output { get; } = output;

    /// <summary>Whether a reader went away (EPIPE). A program can then end quietly, because its user has seen enough.</summary>
    public bool IsClosedPipe { get; } = isClosedPipe;

    /// <summary>Everything that was to be written has been (<see cref="Captures.CaptureRotation.LastFile"/>). Nothing went wrong.</summary>
    public bool IsComplete { get; init; }

    /// <summary>Writing it would destroy an input or another output. It was left as it is.</summary>
    public bool IsConflict { get; init; }
}
