using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Devices.Simulated.Traffic;

/// <summary>
/// The packets of a capture, in order and with their own timestamps. It starts again from the beginning when more are wanted.
/// </summary>
/// <param name="packets">The number of packets on the wire.</param>
/// <param name="lapNanoseconds">The time from a packet to the same packet in the next lap.</param>
/// <param name="fault">The error that kept the capture from being read to its end.</param>
internal sealed class CaptureTraffic(long packets, long lapNanoseconds, IOException? fault) : WireTraffic
{
    public override long? Packets => packets;

    public override IOException? Fault => fault;

    public override int TemplateOf(long number) => (int)(number % Templates.Length);

    public override bool HasOwnTimes => true;

    public override long TimeOf(in PacketTemplate template, long number) =>
        (template.Flags & PacketFlags.NoTimestamp) != 0 ? 0 : template.TimestampNanoseconds + (number / Templates.Length * lapNanoseconds);

    public override int Scan(long first, int count, int queue, Span<Arrival> arrivals)
    {
        var queueOf = QueueOf;
        var template = TemplateOf(first);
        var found = 0;
        for (var number = first; number < first + count; number++)
        {
            arrivals[found] = new Arrival(template, number);
            found += queueOf[template] == queue ? 1 : 0;
            if (++template == queueOf.Length) template = 0;
        }

        return found;
    }
}
