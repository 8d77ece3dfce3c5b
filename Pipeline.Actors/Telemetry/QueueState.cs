namespace Pipeline.Actors.Telemetry;

/// <summary>What the actor of a queue does.</summary>
public enum QueueState
{
    /// <summary>It has not begun yet.</summary>
    Starting,

    /// <summary>It makes the source ready.</summary>
    Opening,

    /// <summary>It takes packets.</summary>
    Polling,

    /// <summary>It sleeps until a packet comes.</summary>
    Idle,

    /// <summary>It waits until consumers give a page back: they hold all.</summary>
    WaitingForPage,

    /// <summary>It waits until its router has routed more of what it was sent.</summary>
    WaitingForRouter,

    /// <summary>Its source gives nothing, and is asked again after a pause.</summary>
    BackingOff,

    /// <summary>It gives out what its device had taken, and takes nothing more from the source.</summary>
    Draining,

    /// <summary>It receives nothing any more.</summary>
    Ended,
}
