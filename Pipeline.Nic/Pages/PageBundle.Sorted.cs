using Pipeline.Nic.Accounts;

namespace Pipeline.Nic.Pages;

/// <summary>
/// The packets that its consumer does not simply deliver: some are rejected, for one reason or several, and some are held.
/// </summary>
/// <remarks>
/// Whatever a consumer says, the parts add up to the whole: each number is checked against the packets left, and the rest is counted when
/// the bundle is settled. A thread that settles a bundle while its owner rejects or holds packets waits until the owner has finished.
/// </remarks>
public sealed partial class PageBundle
{
    private static readonly int Reasons = Enum.GetValues<DropReason>().Length;

    /// <summary>Rejected packets by reason. It is made when the first packet is rejected, and kept.</summary>
    private PacketTally[]? _rejected;

    /// <summary>Given to the account when this is settled.</summary>
    private PacketTally _held;

    /// <summary>All that is rejected or held.</summary>
    private PacketTally _sorted;

    /// <summary>Whether some of its packets are rejected or held.</summary>
    internal bool IsSorted => _sorted != default;

    /// <summary>Says that some of its packets are not delivered after all. Only for the owner; without effect once it is settled.</summary>
    /// <exception cref="ArgumentException">Fewer are left, or there is no such reason.</exception>
    public void Reject(DropReason reason, long packets, long bytes)
    {
        ReasonNames.Check(reason);
        CheckLeft(packets, bytes);
        if (!TryMove(Owned, Sorting)) return;
        _rejected ??= new PacketTally[Reasons];
        _rejected[(int)reason] = _rejected[(int)reason].Plus(packets, bytes);
        Sorted(packets, bytes);
    }

    /// <summary>
    /// Says that some of its packets are now in the consumer's own buffer. The consumer settles them with the account, and might have done
    /// so already. Only for the owner; without effect once it is settled.
    /// </summary>
    /// <exception cref="ArgumentException">Fewer are left.</exception>
    public void Hold(long packets, long bytes) => TryHold(packets, bytes);

    /// <inheritdoc cref="Hold"/>
    /// <returns>
    /// Whether they are held. Then they are the account's when the bundle is settled, whoever settles it and however.
    /// </returns>
    internal bool TryHold(long packets, long bytes)
    {
        CheckLeft(packets, bytes);
        if (!TryMove(Owned, Sorting)) return false;
        _held = _held.Plus(packets, bytes);
        Sorted(packets, bytes);
        return true;
    }

    /// <summary>The same, and the account knows of it when this returns.</summary>
    /// <exception cref="ArgumentException">Fewer are left.</exception>
    internal void HoldAtOnce(long packets, long bytes)
    {
        CheckLeft(packets, bytes);
        if (!TryMove(Owned, Sorting)) return;
        Account.Hold(packets, bytes);
        Sorted(packets, bytes);
    }

    private void Sorted(long packets, long bytes)
    {
        _sorted = _sorted.Plus(packets, bytes);
        Volatile.Write(ref _state, Owned);
    }

    private void CheckLeft(long packets, long bytes)
    {
        var left = new PacketTally(_count, _bytes) - _sorted;
        PacketTally.CheckPart(packets, bytes, left, "left in the batch");
        if (packets == left.Packets && bytes != left.Bytes)
        {
            throw new ArgumentOutOfRangeException(nameof(bytes), bytes, $"{bytes} bytes of {packets} packets, which are all that is left "
                + $"in the batch; expected their {left.Bytes} bytes");
        }
    }

    /// <returns>The packets left, which are settled with the bundle.</returns>
    private PacketTally SettleSorted()
    {
        Account.CountBundle();
        if (_sorted == default) return new PacketTally(_count, _bytes);
        for (var reason = 0; reason < (_rejected?.Length ?? 0); reason++)
        {
            if (_rejected![reason] != default) CountDropped((DropReason)reason, _rejected[reason]);
        }

        if (_held != default) Account.Hold(_held.Packets, _held.Bytes);
        return new PacketTally(_count, _bytes) - _sorted;
    }

    private void ForgetSorted()
    {
        if (_sorted == default) return;
        (_sorted, _held) = (default, default);
        _rejected?.AsSpan().Clear();
    }
}
