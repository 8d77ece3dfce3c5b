using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pipeline.Nic.Devices.Simulated.Traffic;

/// <summary>Endless traffic drawn from a seed: for each packet a flow and a size, by their weights.</summary>
internal sealed class SeededTraffic(ulong seed, AliasTable table) : WireTraffic
{
    public override int TemplateOf(long number) => table.Draw(SplitMix.At(seed, (ulong)number));

    /// <summary>
    /// It does not branch on whose packet it is: every packet is written down, and the next one overwrites it unless it is the queue's.
    /// </summary>
    public override int Scan(long first, int count, int queue, Span<Arrival> arrivals)
    {
        // The length is checked once, for all the writes below.
        ref var slot = ref MemoryMarshal.GetReference(arrivals[..count]);
        ref var queueOf = ref MemoryMarshal.GetArrayDataReference(QueueOf);
        var (draws, key) = (table, seed);
        var found = 0;
        for (var i = 0; i < count; i++)
        {
            var template = draws.Draw(SplitMix.At(key, (ulong)(first + i)));
            Unsafe.Add(ref slot, found) = new Arrival(template, first + i);
            found += Unsafe.Add(ref queueOf, template) == queue ? 1 : 0;
        }

        return found;
    }
}
