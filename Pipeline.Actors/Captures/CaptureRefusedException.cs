namespace Pipeline.Actors.Captures;

/// <summary>A capture that was not started. The message says why, in words without a full stop.</summary>
/// <param name="message">Why.</param>
/// <param name="refusal">Whose fault it is.</param>
public sealed class CaptureRefusedException(string message, CaptureRefusal refusal) : Exception(message)
{
    /// <summary>Whose fault it is.</summary>
    public CaptureRefusal Refusal { get; } = refusal;
}

/// <summary>Why a capture was not started.</summary>
public enum CaptureRefusal
{
    /// <summary>What was asked for makes no sense.</summary>
    Invalid,

    /// <summary>There are too many captures, or they take too much memory.</summary>
    TooMany,

    /// <summary>The run is over.</summary>
    Ended,
}
