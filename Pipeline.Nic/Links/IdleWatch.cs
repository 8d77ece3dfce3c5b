namespace Pipeline.Nic.Links;

/// <summary>Those who wait until all that was handed to a link by now is disposed and settled. Each is called once.</summary>
/// <remarks>Any thread adds. The link's thread looks, which costs one read while nobody waits.</remarks>
internal sealed class IdleWatch
{
    private readonly Lock _adding = new();
    private Waiter[] _waiting = [];
    private bool _isOver;

    /// <summary>Adds one. The caller wakes the link's thread afterwards, so that it looks.</summary>
    /// <param name="lanes">All that are open now.</param>
    /// <param name="wake">Called at once where the link is closed.</param>
    public void Add(LinkLane[] lanes, Action wake)
    {
        lock (_adding)
        {
            if (!_isOver)
            {
                var waiter = new Waiter(lanes, [.. lanes.Select(l => l.HandedOver)], wake);
                Volatile.Write(ref _waiting, [.. _waiting, waiter]);
                return;
            }
        }

        wake();
    }

    /// <summary>Calls those for whom everything is settled. Only for the thread of the link.</summary>
    public void Look()
    {
        var waiting = Volatile.Read(ref _waiting);
        if (waiting.Length == 0) return;
        foreach (var waiter in waiting)
        {
            if (!waiter.IsSettled()) continue;
            lock (_adding) Volatile.Write(ref _waiting, [.. _waiting.Where(w => w != waiter)]);
            waiter.Wake();
        }
    }

    /// <summary>Calls all others: nothing is in the link any more. After the thread of the link.</summary>
    public void End()
    {
        Waiter[] waiting;
        lock (_adding)
        {
            waiting = _waiting;
            (_waiting, _isOver) = ([], true);
        }

        foreach (var waiter in waiting) waiter.Wake();
    }

    private sealed record Waiter(LinkLane[] Lanes, long[] Packets, Action Wake)
    {
        public bool IsSettled()
        {
            for (var i = 0; i < Lanes.Length; i++) if (!Lanes[i].HasSettled(Packets[i])) return false;
            return true;
        }
    }
}
