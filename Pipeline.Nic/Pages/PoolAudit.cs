namespace Pipeline.Nic.Pages;

/// <summary>
/// An audit of a pool. It knows who holds which page, and fails on a double return, on a page read or written after its return, and on
/// pages that never came home. For DEBUG builds and tests; it costs a lock per page and poisons returned memory.
/// </summary>
public sealed class PoolAudit
{
    private const byte Poison = 0xDB;

    private readonly Lock _gate = new();
    private PagePool? _pool;
    private string?[] _holders = [];
    private bool[] _poisoned = [];

    /// <summary>
    /// The default of pools: an audit in DEBUG builds and wherever PIPELINE_POOL_AUDIT=1, otherwise none.
    /// </summary>
    public static PoolAudit? ForTests()
    {
#if DEBUG
        return new PoolAudit();
#else
        return Environment.GetEnvironmentVariable("PIPELINE_POOL_AUDIT") == "1" ? new PoolAudit() : null;
#endif
    }

    /// <summary>The pages that are out and who took them, one line each; empty when all are home.</summary>
    public IReadOnlyList<string> Leaks()
    {
        lock (_gate)
        {
            return [.. _holders.Index().Where(h => h.Item is not null).Select(h => $"page {h.Index} of {_pool?.Name} is held by {h.Item}")];
        }
    }

    internal void Attach(PagePool pool)
    {
        _pool = pool;
        _holders = new string?[pool.PageCount];
        _poisoned = new bool[pool.PageCount];
    }

    internal void Rented(int page, string holder)
    {
        lock (_gate)
        {
            if (_holders[page] is { } other)
                throw new InvalidOperationException($"Page {page} was rented to {holder} while {other} holds it.");
            if (_poisoned[page] && !_pool!.IsFilledByOthers && _pool.PageMemory(page).IndexOfAnyExcept(Poison) is >= 0 and var at)
                throw new InvalidOperationException($"Page {page} of {_pool.Name} was written at byte {at} after it had been returned.");
            _holders[page] = holder;
            _poisoned[page] = false;
        }
    }

    /// <summary>A share takes packets of a page that is out. From now on it is the holder of the page.</summary>
    internal void Taken(int page, string holder)
    {
        lock (_gate)
        {
            if (_holders[page] is null)
                throw new InvalidOperationException($"{holder} took packets of page {page} of {_pool?.Name}, which is not out.");
            _holders[page] = holder;
        }
    }

    internal void Returned(int page)
    {
        lock (_gate)
        {
            if (_holders[page] is null) throw new InvalidOperationException($"Page {page} of {_pool?.Name} was returned twice.");
            _holders[page] = null;
            _pool!.PageMemory(page).Fill(Poison);
            _poisoned[page] = true;
        }
    }

    /// <summary>
    /// Checks packets that a device found in a page. Each is released from the page that its offset lies in, so that must be this page.
    /// </summary>
    internal void CheckWithin(int page, ReadOnlySpan<Packet> packets)
    {
        foreach (ref readonly var packet in packets)
        {
            var last = packet.Offset + (uint)Math.Max(packet.CapturedLength - 1, 0);
            if (_pool!.PageOf(packet.Offset) == page && _pool.PageOf(last) == page) continue;
            throw new InvalidOperationException(
                $"A packet of {packet.CapturedLength} bytes at {packet.Offset} was found in page {page} of {_pool.Name}, and does not lie "
                + "in it.");
        }
    }

    internal void CheckHeld(int page)
    {
        if (Volatile.Read(ref _holders[page]) is null)
            throw new InvalidOperationException($"Page {page} of {_pool?.Name} was read after it had been returned.");
    }
}
