namespace Pipeline.Nic.Accounts;

/// <summary>
/// The books: received = delivered + passed + dropped + in flight. It holds every account and every pool of a pipeline and closes
/// over them at any time.
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
    /// Reads what the device passed by itself of what came in on it; any thread. Null where it passes nothing.
    /// </param>
    /// <returns>The account, which only the queue's thread writes to.</returns>
    public QueueAccount AddQueue(string name, Func<PacketTally>? passedByDevice = null)
    {
        var account = new QueueAccount(name, passedByDevice);
        lock (_gate) _queues = [.. _queues, account];
        return account;
    }

    /// <summary>
    /// Makes an account that packets end in. Any thread. It stays in the books for good: what it counted must not disappear.
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
    /// Takes a pool into the bound of what can be in flight. Any thread, before the pool's first page goes out: else the books would show
    /// more in flight than they allow.
    /// </summary>
    public void AddPool(IPacketStore pool)
    {
        lock (_gate) _pools = [.. _pools, pool];
    }

    /// <summary>Forgets a pool that nothing is out of and nothing is taken from any more. What its packets were counted as stays.</summary>
    public void RemovePool(IPacketStore pool)
    {
        lock (_gate) _pools = [.. _pools.Where(p => p != pool)];
    }

    /// <summary>
    /// Closes the books while packets flow. Sinks are read before sources, so a packet on its way shows as in flight, never twice.
    /// </summary>
    /// <remarks>
    /// Packets that arrive and end between the two readings show as in flight too. So the sources are read before the sinks as well:
    /// what had arrived by then and has not ended is what the pools bound. The reading is repeated while the two are far apart, which
    /// they are only when this thread was interrupted in between. What the device passes by itself is received and passed at once, out of
    /// one reading with the sources, so it is never in flight.
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

        // What is in a consumer's own buffer has given its page back, so the pools no longer bound it.
        return books.Close(_pools.Sum(p => p.MaxPacketsInFlight), _pools.All(p => p.Outstanding == 0));
    }
}
