namespace Pipeline.Nic.Accounts;

/// <summary>
/// A handler's access to the account that counts its packets. The handler can settle the packets it holds, and can do nothing else to the
/// books. Any thread, even long after the batch has gone.
/// </summary>
public readonly struct HeldAccount
{
    private readonly PacketAccount _account;

    internal HeldAccount(PacketAccount account) => _account = account;

    /// <summary>The consumer's name.</summary>
    public string Name => _account.Name;

    /// <summary>Packets and captured bytes that are held, by all instances of the consumer.</summary>
    public PacketTally Held => _account.Held;

    /// <summary>Settles packets that were held before, as delivered. Without effect once the run has written them off.</summary>
    /// <param name="packets">At most as many as are held.</param>
    /// <param name="bytes">Their captured bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// There are more than are held, or the number is negative. Nothing is counted then.
    /// </exception>
    public void HeldDelivered(long packets, long bytes) => _account.SettleHeld(null, packets, bytes);

    /// <summary>Settles packets that were held before, as dropped. Without effect once the run has written them off.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// There are more than are held, the number is negative, or the reason is not in the list. Nothing is counted then.
    /// </exception>
    public void HeldDropped(DropReason reason, long packets, long bytes) => _account.SettleHeld(reason, packets, bytes);
}
