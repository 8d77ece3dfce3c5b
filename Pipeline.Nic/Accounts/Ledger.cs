namespace Pipeline.Nic.Accounts;

/// <summary>
/// The books: received = delivered + passed + dropped + in flight. It holds every account and every pool of a pipeline, and can be closed
/// at any time.
/// </summary>
/// <remarks>
/// Accounts are added while the pipeline is put together or changed, read on a timer, and never touched on the data path: there,
/// stages write to the account they were given.
/// </remarks>
public sealed class Ledger
{
    private const int MostReadings = 8;

    private readonly Lock _gate = new();
    private QueueAccount[] _queues = [];
    private PacketAccount[] _accounts = [];
    private IPacketStore[] _pools = [];

    /// <summary>
    /// The accounts of all queues, in the order they were added. The list is a new one with every addition and never changes. Any thread.
    /// </summary>
    public IReadOnlyList<QueueAccount> Queues => _queues;

    /// <summary>
    /// The accounts of consumers, of their copies and of stages, in the order they were added. The list never changes. Any thread.
    /// </summary>
    public IReadOnlyList<PacketAccount> Accounts => _accounts;

    /// <summary>The pools whose pages bound what is in flight, in the order they were added. The list never changes. Any thread.</summary>
    public IReadOnlyList<IPacketStore> Pools => _pools;

    /// <summary>Makes the account of one queue. Any thread.</summary>
    /// <param name="name">The queue's name in reports. It need not be unique: two accounts of one name are two rows.</param>
    /// <param name="passedByDevice">
    /// Reads how many of the queue's packets the device passed by itself. Any thread. Null where the device passes nothing.
    /// </param>
    /// <returns>The account, which only the queue's thread writes to.</returns>
    public QueueAccount AddQueue(string name, Func<PacketTally>? passedByDevice = null)
    {
        var account = new QueueAccount(name, passedByDevice);
        lock (_gate) _queues = [.. _queues, account];
        return account;
    }

    /// <summary>
    /// Makes an account that packets end in. Any thread. It stays in the books for good, because its counts must not disappear.
    /// </summary>
    /// <param name="name">The consumer's, or the stage's.</param>
    /// <param name="kind">Which sum of the books it is part of.</param>
    public PacketAccount AddAccount(string name, AccountKind kind)
    {
        var account = new PacketAccount(name, kind);
        lock (_gate) _accounts = [.. _accounts, account];
        return account;
    }

    /// <summary>
    /// Adds a pool to the bound on packets in flight. Any thread. Call it before the pool's first page goes out: otherwise the books would
    /// show more in flight than they allow.
    /// </summary>
    public void AddPool(IPacketStore pool)
    {
        lock (_gate) _pools = [.. _pools, pool];
    }

    /// <summary>Forgets a pool that has all its pages back and gives out no more. The counts of its packets stay.</summary>
    public void RemovePool(IPacketStore pool)
    {
        lock (_gate) _pools = [.. _pools.Where(p => p != pool)];
    }

    /// <summary>
    /// Closes the books while packets flow. Sinks are read before sources, so a packet on its way shows as in flight, never twice.
    /// </summary>
    /// <remarks>
    /// Packets that arrive and end between the two readings show as in flight too. So the sources are also read before the sinks: the pools
    /// bound the packets that had arrived by then and have not ended. The reading is repeated while the two are far apart. They are far
    /// apart only when this thread was interrupted in between. Packets that the device passes by itself count as received and as passed in
    /// one reading with the sources, so they are never in flight.
    /// </remarks>
    public LedgerSnapshot Read()
    {
        var snapshot = ReadOnce();
        for (var again = 1; again < MostReadings && snapshot.InFlight.Packets > snapshot.MostInFlight; again++) snapshot = ReadOnce();
        return snapshot;
    }

    private LedgerSnapshot ReadOnce()
    {
        var books = new LedgerSnapshot.Builder();
        foreach (var queue in _queues) books.AddEarly(queue);

        Interlocked.MemoryBarrier();
        foreach (var account in _accounts) books.Add(account);

        Interlocked.MemoryBarrier();
        foreach (var queue in _queues) books.Add(queue);

        // Packets in a consumer's own buffer have given their pages back, so the pools no longer bound them.
        return books.Close(_pools.Sum(p => p.MaxPacketsInFlight), _pools.All(p => p.Outstanding == 0));
    }
}
