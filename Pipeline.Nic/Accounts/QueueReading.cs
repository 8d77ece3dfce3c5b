namespace Pipeline.Nic.Accounts;

/// <summary>One queue's account at the moment the books were read.</summary>
/// <param name="Name">The queue's.</param>
/// <param name="Received">Packets it took in, including those that the device passed by itself.</param>
/// <param name="Bundles">Bundles it filled.</param>
/// <param name="Lost">
/// Packets its device lost before they were received; only kinds that happened, in the order of <see cref="DeviceLoss"/>.
/// </param>
public sealed record QueueReading(string Name, PacketTally Received, long Bundles, IReadOnlyDictionary<DeviceLoss, long> Lost)
{
    /// <summary>The part that the device itself left to the normal stack.</summary>
    public PacketTally PassedByDevice { get; init; }

    private static readonly DeviceLoss[] Kinds = Enum.GetValues<DeviceLoss>();

    internal static QueueReading Of(QueueAccount queue)
    {
        var lost = new SortedDictionary<DeviceLoss, long>();
        foreach (var kind in Kinds)
        {
            if (queue.Lost(kind) is not 0 and var packets) lost[kind] = packets;
        }

        // It is read once, because it is in two sums that must agree.
        var passed = queue.PassedByDevice;
        return new QueueReading(queue.Name, queue.Received + passed, queue.Bundles, lost) { PassedByDevice = passed };
    }
}
