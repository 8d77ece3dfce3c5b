using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices.Simulated.Traffic;

namespace Pipeline.Nic.Devices.Simulated;

/// <summary>Finds the packet of the wire at which enough packets have come through.</summary>
internal static class WireLength
{
    /// <param name="received">Packets that must come through, over all queues.</param>
    /// <param name="packets">Packets on the wire.</param>
    /// <returns>Packets of the wire, <paramref name="packets"/> at most.</returns>
    public static long Until(long received, long packets, WireTraffic traffic, SimulatedOptions options)
    {
        var models = Enumerable.Range(0, options.AllQueues).Select(q => new RingModel(options, q, hasRing: true)).ToArray();
        if (models.All(m => m.IsIdle)) return Math.Min(received, packets);

        // The wire is scanned once beforehand, at a few nanoseconds per packet: no queue knows the losses of the others.
        var losses = new long[Enum.GetValues<DeviceLoss>().Length];
        Span<Arrival> one = stackalloc Arrival[1];
        var number = 0L;
        for (; number < packets && received > 0; number++)
        {
            one[0] = new Arrival(traffic.TemplateOf(number), number);
            var model = models[traffic.QueueOf[one[0].Template]];
            if (!model.Concerns(number, number + 1) || (model.Filter(one, losses) == 1 && one[0].Template != RingModel.NoTemplate))
                received--;
        }

        return number;
    }
}
