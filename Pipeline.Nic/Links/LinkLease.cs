namespace Pipeline.Nic.Links;

/// <summary>
/// How long a link may be trusted: while its thread has looked at it, and its peer has been heard, within the last three seconds.
/// </summary>
/// <remarks>
/// A process that was stopped, or a machine that was suspended, finds frames in its sockets and bundles in its mailboxes when it wakes. By
/// then the other node may have given those packets to somebody else. So both sides close a link that they did not look at for so long, and
/// consumers ask about a bundle before they process it. The thread of the link writes; any thread asks, and can revoke.
/// </remarks>
/// <param name="clock">Counts on while the process is stopped.</param>
internal sealed class LinkLease(TimeProvider clock)
{
    /// <summary>How long a link may be silent, or not looked at.</summary>
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(3);

    /// <summary>How long this side is silent before it gives a sign of life.</summary>
    public static readonly TimeSpan SignEvery = TimeSpan.FromMilliseconds(500);

    private readonly long _length = (long)(Length.TotalSeconds * clock.TimestampFrequency);
    private readonly long _signEvery = (long)(SignEvery.TotalSeconds * clock.TimestampFrequency);
    private long _looked = clock.GetTimestamp();
    private long _heard = clock.GetTimestamp();
    private long _spoke = clock.GetTimestamp();
    private bool _isOver;

    /// <summary>Whether it was lost by silence, and not ended.</summary>
    public bool IsStale { get; private set; }

    /// <summary>Whether packets that came over the link may be processed now. Any thread.</summary>
    public bool IsValid => !Volatile.Read(ref _isOver) && IsFresh(clock.GetTimestamp());

    /// <summary>Whether this side has been silent for so long that it has to give a sign of life.</summary>
    public bool OwesSign => clock.GetTimestamp() - _spoke >= _signEvery;

    /// <summary>The thread has finished looking at the link. It asks first whether that came in time.</summary>
    /// <returns>False where the lease is over, for good.</returns>
    public bool Look()
    {
        var now = clock.GetTimestamp();
        if (!Judge(now)) return false;
        Volatile.Write(ref _looked, now);
        return true;
    }

    /// <summary>The peer gave a sign of life: bytes came.</summary>
    /// <returns>False where the lease was over by then.</returns>
    public bool Hear()
    {
        var now = clock.GetTimestamp();
        if (!Judge(now)) return false;
        Volatile.Write(ref _heard, now);
        Volatile.Write(ref _looked, now);
        return true;
    }

    /// <summary>This side gave a sign of life.</summary>
    public void Speak() => _spoke = clock.GetTimestamp();

    /// <summary>Ends it: what came over the link must not be processed any more, because the sender takes it back.</summary>
    public void End() => Volatile.Write(ref _isOver, true);

    /// <summary>
    /// A consumer did not process what came over the link, because its lease is over. The link's thread may not know it yet, and other
    /// consumers must not process what came later. Any thread.
    /// </summary>
    public void Revoke()
    {
        if (Volatile.Read(ref _isOver)) return;
        IsStale = true;
        End();
    }

    private bool Judge(long now)
    {
        if (Volatile.Read(ref _isOver)) return false;
        if (IsFresh(now)) return true;
        IsStale = true;
        End();
        return false;
    }

    private bool IsFresh(long now) => now - Volatile.Read(ref _looked) <= _length && now - Volatile.Read(ref _heard) <= _length;
}
