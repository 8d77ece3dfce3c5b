namespace Pipeline.Actors.Routing;

/// <summary>
/// Decides which instance of a group takes which queue, if packets are balanced by queue. All routers of a source follow the same sets of
/// instances in the same order, so they agree without messages. For one thread.
/// </summary>
/// <remarks>
/// A source has too few queues for a hash to spread them evenly, so this class remembers who has which. Queues of an instance that is gone
/// go to the instances that have fewest, and one that joins takes from those that have most. No other queue moves. The numbers of queues
/// differ by at most one.
/// </remarks>
/// <param name="queues">The number of queues of the source.</param>
internal sealed class QueueOwners(int queues)
{
    private readonly InstanceId?[] _owners = new InstanceId?[queues];

    /// <summary>The instance that takes a queue. Only after <see cref="Follow"/>.</summary>
    public InstanceId Of(int queue) => _owners[queue]!.Value;

    /// <summary>Changes to these instances, at least one.</summary>
    public void Follow(IEnumerable<InstanceId> instances)
    {
        var owned = new SortedDictionary<InstanceId, int>(instances.ToDictionary(id => id, id => _owners.Count(owner => owner == id)));
        for (var queue = 0; queue < _owners.Length; queue++)
        {
            if (_owners[queue] is { } owner && owned.ContainsKey(owner)) continue;
            Give(queue, owned.MinBy(o => o.Value).Key, owned);
        }

        while (owned.MaxBy(o => o.Value) is var richest && owned.MinBy(o => o.Value) is var poorest && richest.Value > poorest.Value + 1)
        {
            owned[richest.Key]--;
            Give(Array.LastIndexOf(_owners, richest.Key), poorest.Key, owned);
        }
    }

    private void Give(int queue, InstanceId to, SortedDictionary<InstanceId, int> owned)
    {
        _owners[queue] = to;
        owned[to]++;
    }
}
