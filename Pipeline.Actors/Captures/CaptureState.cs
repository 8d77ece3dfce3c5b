namespace Pipeline.Actors.Captures;

/// <summary>Whether a capture goes on.</summary>
public enum CaptureState
{
    /// <summary>It takes packets.</summary>
    Running,

    /// <summary>It reached one of its limits.</summary>
    Complete,

    /// <summary>Somebody stopped it, or the run ended.</summary>
    Stopped,
}
