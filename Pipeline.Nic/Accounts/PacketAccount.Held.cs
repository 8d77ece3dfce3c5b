namespace Pipeline.Nic.Accounts;

/// <summary>Packets in a consumer's own buffer: their pages are home, and they are not settled yet.</summary>
/// <remarks>
/// Packets and bytes change together, and no longer change once they are written off, so a lock guards them. It is taken once per bundle
/// and once per write, and held for a few additions.
/// </remarks>
public sealed partial class PacketAccount
{
    private readonly Lock _holding = new();
    private PacketTally _held;
    private bool _isWrittenOff;

    /// <summary>
    /// The packets held. Negative for a moment when a writer settles packets of a bundle before the bundle itself is settled.
    /// </summary>
    public PacketTally Held
    {
        get { lock (_holding) return _held; }
    }

    /// <summary>Takes packets into the consumer's buffer.</summary>
    internal void Hold(long packets, long bytes)
    {
        lock (_holding)
        {
            if (!_isWrittenOff)
            {
                _held = _held.Plus(packets, bytes);
                return;
            }
        }

        Dropped(DropReason.Shutdown, packets, bytes);
    }

    /// <summary>Settles packets that were held before, as delivered. Without effect once they are written off.</summary>
    public void HeldDelivered(long packets, long bytes)
    {
        lock (_holding)
        {
            if (_isWrittenOff) return;
            Delivered(packets, bytes);
            _held = _held.Plus(-packets, -bytes);
        }
    }

    /// <summary>Settles packets that were held before, as dropped. Without effect once they are written off.</summary>
    public void HeldDropped(DropReason reason, long packets, long bytes)
    {
        lock (_holding)
        {
            if (_isWrittenOff) return;
            Dropped(reason, packets, bytes);
            _held = _held.Plus(-packets, -bytes);
        }
    }

    /// <summary>Counts the held packets as dropped. Their holder might still be at work, but it can no longer settle them.</summary>
    public void WriteOffHeld(DropReason reason)
    {
        lock (_holding)
        {
            Dropped(reason, _held.Packets, _held.Bytes);
            (_held, _isWrittenOff) = (default, true);
        }
    }

    /// <summary>Settles for a caller that might be wrong about how much is held.</summary>
    /// <param name="reason">Null for delivered packets.</param>
    internal void SettleHeld(DropReason? reason, long packets, long bytes)
    {
        if (reason is { } given) ReasonNames.Check(given);
        lock (_holding)
        {
            if (_isWrittenOff) return;
            PacketTally.CheckPart(packets, bytes, of: _held, $"held by {Name}");
            if (reason is null) Delivered(packets, bytes);
            else Dropped(reason.Value, packets, bytes);
            _held = _held.Plus(-packets, -bytes);
        }
    }
}
