using Pipeline.Nic.Accounts;
using Pipeline.Nic.Rules;

namespace Pipeline.Nic.Devices.Simulated.Marking;

/// <summary>
/// The templates that the device passes by itself under one generation, and the number of packets passed, by rule and guard. Each queue has
/// counters of its own, as each CPU has in the kernel.
/// </summary>
internal sealed class TemplatePasses : IPassedCounts
{
    /// <summary>Stands for a place where there is none: software gets the packet.</summary>
    public const int Taken = -1;

    private readonly long _turn;
    private readonly int[] _places;
    private readonly RuleCounters[] _counters;
    private readonly IReadOnlyList<QueuePasses> _queues;

    /// <param name="turn">The load that it belongs to.</param>
    /// <param name="places">For each template the place that counts its packets, or <see cref="Taken"/>.</param>
    /// <param name="rules">The generation.</param>
    /// <param name="queues">All queues of the device.</param>
    public TemplatePasses(long turn, int[] places, OffloadedRules rules, IReadOnlyList<QueuePasses> queues)
    {
        (_turn, _places, _queues) = (turn, places, queues);
        _counters = [.. queues.Select(_ => new RuleCounters(rules.Rules.Rules.Count, rules.Guards.Count))];
        Places = 1 + rules.Rules.Rules.Count + rules.Guards.Count;
    }

    public int Places { get; }

    public bool IsFinal
    {
        get
        {
            foreach (var queue in _queues)
            {
                if (queue.Turn <= _turn) return false;
            }

            return true;
        }
    }

    public void ReadCounts(Span<PacketTally> counts)
    {
        counts[..Places].Clear();
        foreach (var queue in _counters)
        {
            for (var place = 0; place < Places; place++) counts[place] += queue.Of(place);
        }
    }

    /// <summary>The place that counts packets of a template. <see cref="Taken"/> also for a descriptor that points nowhere.</summary>
    public int PlaceOf(int template) => (uint)template < (uint)_places.Length ? _places[template] : Taken;

    /// <summary>Counts a packet that was passed. Only for the queue's thread.</summary>
    public void Count(int queue, int template, int bytes) => _counters[queue].Count(_places[template], bytes);
}
