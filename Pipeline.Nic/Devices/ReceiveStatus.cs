namespace Pipeline.Nic.Devices;

/// <summary>The outcome of a call of <see cref="INicQueue.Receive"/>.</summary>
public enum ReceiveStatus
{
    /// <summary>The bundle holds at least one packet.</summary>
    Received,

    /// <summary>Nothing has arrived; wait for the device.</summary>
    Empty,

    /// <summary>Something might have arrived, but no page is free to take it. Wait for the pool.</summary>
    NoPage,

    /// <summary>
    /// The source gives nothing now and might come back: an interface that is down, or gone. <see cref="INicQueue.Trouble"/> says why;
    /// <see cref="INicQueue.TryOpen"/> finds out whether it is back.
    /// </summary>
    Down,

    /// <summary>The source has ended, and every packet of it has been received.</summary>
    End,
}
