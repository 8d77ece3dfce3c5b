namespace Pipeline.Nic.Devices.Simulated.Traffic;

/// <summary>Endless traffic drawn from a seed: for each packet a flow and a size, by their weights.</summary>
internal sealed class SeededTraffic(ulong seed, AliasTable table) : WireTraffic
{
    public override int TemplateOf(long number) => table.Draw(SplitMix.At(seed, (ulong)number));

    /// <summary>Without a branch on whose packet it is, which no processor could guess.</summary>
    public override int Scan(long first, int count, int queue, Span<Arrival> arrivals)
    {
        var (draws, key, queueOf) = (table, seed, QueueOf);
        var found = 0;
        for (var number = first; number < first + count; number++)
        {
            var template = draws.Draw(SplitMix.At(key, (ulong)number));
            arrivals[found] = new Arrival(template, number);
            found += queueOf[template] == queue ? 1 : 0;
        }

        return found;
    }
}
