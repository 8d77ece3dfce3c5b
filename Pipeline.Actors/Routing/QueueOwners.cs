namespace Pipeline.Actors.Routing;

/// <summary>
/// Which instance of a group takes which queue, where queues are what is balanced. All routers of a source follow the same sets of
/// instances in the same order, so they agree without being told. For one thread.
/// </summary>
/// <remarks>
/// A source has too few queues for a hash to spread them evenly. So this remembers who has which: queues of an instance that is gone go
/// to those that have fewest, and one that joins takes from those that have most. No other queue moves, and all have as many as the
/// others, or one more.
/// </remarks>
/// <param name="queues">How many the source has.</param>
internal sealed class QueueOwners(int queues)
{
    private readonly InstanceId?[] _owners = new InstanceId?[queues];

    /// <summary>The instance that takes a queue; only after <see cref="Follow"/>.</summary>
    public InstanceId Of(int queue) => _owners[queue]!.Value;

    /// <summary>Goes on with these instances, at least one.</summary>
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
