using Pipeline.Nic.Devices.Simulated.Traffic;

namespace Pipeline.Nic.Devices.Simulated;

/// <summary>
/// One flow that floods a paced wire for a while. The wire carries its usual packets at their usual rate, and between each two of them the
/// flow's. Immutable. Any thread.
/// </summary>
/// <param name="At">The first packet of the wire that it concerns.</param>
/// <param name="Packets">The number of packets that it concerns, a multiple of <paramref name="Factor"/>.</param>
/// <param name="Factor">How many times as fast as usual the wire is: one packet in so many is a usual one.</param>
/// <param name="Template">The flow's packet.</param>
/// <param name="Gained">The number of packets that floods before it put on the wire.</param>
internal sealed record Flood(long At, long Packets, int Factor, int Template, long Gained)
{
    /// <summary>The first packet after it.</summary>
    public long End => At + Packets;

    /// <summary>The flood before it, whose packets may wait in a ring still; null for none.</summary>
    public Flood? Before { get; init; }

    /// <summary>The number of packets that have been put on the wire when it is over.</summary>
    public long GainedAfter => Gained + Packets - (Packets / Factor);

    /// <summary>How many packets a wire has carried that would have carried <paramref name="usual"/> at its usual rate.</summary>
    public long Carried(long usual)
    {
        var number = usual + Gained;
        if (number < At) return number;
        var within = (number - At) * Factor;
        return within < Packets ? At + within : usual + GainedAfter;
    }

    /// <summary>When a packet is on the wire, in packets at the usual rate.</summary>
    public double UsualOf(long number) =>
        number < At ? Before?.UsualOf(number) ?? number - Gained
        : number < End ? At - Gained + ((number - At) / (double)Factor)
        : number - GainedAfter;

    /// <summary>Whether packets from <paramref name="first"/> to before <paramref name="end"/> might be the flow's.</summary>
    public bool Concerns(long first, long end) => At < end && End > first;

    /// <inheritdoc cref="WireTraffic.Scan"/>
    public int Scan(WireTraffic traffic, long first, int count, int queue, Span<Arrival> arrivals)
    {
        var found = 0;
        for (var number = first; number < first + count; number++)
        {
            var template = IsOfFlow(number) ? Template : traffic.TemplateOf(number);
            if (traffic.QueueOf[template] == queue) arrivals[found++] = new Arrival(template, number);
        }

        return found;
    }

    private bool IsOfFlow(long number) => number >= At && number < End && (number - At) % Factor != 0;
}
