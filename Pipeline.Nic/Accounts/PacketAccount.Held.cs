namespace Pipeline.Nic.Accounts;

/// <summary>Packets in a consumer's own buffer: their pages are home, their fate is open.</summary>
/// <remarks>
/// Packets and bytes change together, and not at all once they are written off, so they are kept under a lock. It is taken once a bundle
/// and once a write, and held for a few additions.
/// </remarks>
public sealed partial class PacketAccount
{
    private readonly Lock _holding = new();
    private PacketTally _held;
    private bool _isWrittenOff;

    /// <summary>
    /// What is held. Less than nothing for a moment, where a writer settles packets of a bundle that is not settled itself yet.
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

    /// <summary>Counts what is held as dropped. Whoever held it may be at work still, and has nothing more to say about it.</summary>
    public void WriteOffHeld(DropReason reason)
    {
        lock (_holding)
        {
            Dropped(reason, _held.Packets, _held.Bytes);
            (_held, _isWrittenOff) = (default, true);
        }
    }

    /// <summary>Settles for somebody who may be wrong about what is held.</summary>
    /// <param name="reason">Null for what is delivered.</param>
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
