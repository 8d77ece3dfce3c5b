namespace Pipeline.Nic.Accounts;

/// <summary>
/// What a handler reaches of the account its packets are counted in: it settles what it holds, and can do nothing else to the books.
/// Any thread, also when the batch has long been gone.
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
    /// <param name="packets">At most so many as are held.</param>
    /// <param name="bytes">Their captured bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is more than is held, or less than nothing. Nothing is counted then.</exception>
    public void HeldDelivered(long packets, long bytes) => _account.SettleHeld(null, packets, bytes);

    /// <summary>Settles packets that were held before, as dropped. Without effect once the run has written them off.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// It is more than is held, less than nothing, or for no reason there is. Nothing is counted then.
    /// </exception>
    public void HeldDropped(DropReason reason, long packets, long bytes) => _account.SettleHeld(reason, packets, bytes);
}
