namespace Pipeline.Actors.Telemetry;

/// <summary>The state of a consumer instance.</summary>
public enum ConsumerState
{
    /// <summary>Its actor has not begun yet.</summary>
    Starting,

    /// <summary>It takes bundles.</summary>
    Running,

    /// <summary>It was told to take nothing for now; bundles wait in its mailbox.</summary>
    Paused,

    /// <summary>It failed and is made anew after a pause; bundles wait in its mailbox.</summary>
    BackingOff,

    /// <summary>It failed for good: later packets are counted as lost.</summary>
    Failed,

    /// <summary>It has finished.</summary>
    Completed,
}
