using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices.Simulated.Traffic;

namespace Pipeline.Nic.Devices.Simulated.Marking;

/// <summary>The packets of one queue that the device passes by itself. For the queue's thread, unless a member says otherwise.</summary>
/// <param name="queue">The queue's index among the device's queues.</param>
internal sealed class QueuePasses(int queue, WireTraffic traffic)
{
    private const long Ended = long.MaxValue;

    private int[]? _passed;
    private LoadedRules? _rules;
    private long _turn;
    private long _packets;
    private long _bytes;

    /// <summary>The load of rules that it decides by. It has written its last count for every older load. Any thread.</summary>
    public long Turn => Volatile.Read(ref _turn);

    /// <summary>The packets it passed, under all generations. Any thread.</summary>
    public PacketTally Passed => new(Volatile.Read(ref _packets), Volatile.Read(ref _bytes));

    /// <summary>Removes the packets that the device passes, and counts them.</summary>
    /// <param name="arrivals">The queue's packets of one block that no fault hit, in order. The packets that stay keep their order.</param>
    /// <param name="rules">The rules in force now.</param>
    /// <returns>How many are left.</returns>
    public int TakeOut(Span<Arrival> arrivals, LoadedRules? rules)
    {
        if (!ReferenceEquals(rules, _rules)) GoOnBy(rules);
        if (rules?.Passes is not { } passes) return arrivals.Length;

        var templates = _passed ??= new int[SimulatedQueue.BlockPackets];
        var (left, passed, bytes) = (0, 0, 0L);
        foreach (var arrival in arrivals)
        {
            if (passes.PlaceOf(arrival.Template) == TemplatePasses.Taken)
            {
                arrivals[left++] = arrival;
                continue;
            }

            templates[passed++] = arrival.Template;
            bytes += traffic.Templates[arrival.Template].Length;
        }

        if (passed > 0) Count(passes, templates.AsSpan(0, passed), bytes);
        return left;
    }

    /// <summary>Says that it no longer decides anything.</summary>
    public void End() => Volatile.Write(ref _turn, Ended);

    private void GoOnBy(LoadedRules? rules)
    {
        _rules = rules;
        Volatile.Write(ref _turn, rules?.Turn ?? 0);
    }

    private void Count(TemplatePasses passes, ReadOnlySpan<int> templates, long bytes)
    {
        // These are written before the rules' counts. So a thread that reads the rules' counts first sees no more packets matched than
        // received.
        Volatile.Write(ref _bytes, _bytes + bytes);
        Volatile.Write(ref _packets, _packets + templates.Length);
        var (nicInterface, run) = (-1, 0);
        foreach (var template in templates)
        {
            ref readonly var packet = ref traffic.Templates[template];
            passes.Count(queue, template, packet.Length);
            if (packet.Interface != nicInterface)
            {
                if (run > 0) traffic.Interfaces[nicInterface].CountReceived(run);
                (nicInterface, run) = (packet.Interface, 0);
            }

            run++;
        }

        traffic.Interfaces[nicInterface].CountReceived(run);
    }
}
