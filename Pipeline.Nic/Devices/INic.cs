using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pcapng;

namespace Pipeline.Nic.Devices;

/// <summary>A device: queues that packets come out of. Opened by whoever made it; disposing closes it and its queues.</summary>
public interface INic : IDisposable
{
    /// <summary>Its name in reports: the interface, or the capture file.</summary>
    string Name { get; }

    /// <summary>
    /// One queue or more, always the same. Each is for one thread at a time; different queues can have different threads. The device
    /// disposes them.
    /// </summary>
    IReadOnlyList<INicQueue> Queues { get; }

    /// <summary>
    /// Copies of packets that the device leaves to the normal stack by itself, and that rules want copies of
    /// (<see cref="Rules.PacketVerdict.Copy"/>). The packets are in the books already, as received and passed
    /// (<see cref="IRuleOffload.PassedFrom"/>), so the copies are neither. It is none of <see cref="Queues"/>, and the device disposes it;
    /// null where it makes no copies.
    /// </summary>
    INicQueue? Copies => null;

    /// <summary>The interfaces known so far. A capture file can add more while it is read. Any thread.</summary>
    IReadOnlyList<NicInterface> Interfaces { get; }

    /// <summary>Whether no further interface can appear. A pcapng capture can describe one anywhere.</summary>
    bool InterfacesAreFinal => true;

    /// <summary>The source's metadata. It can grow while the source is read. Any thread.</summary>
    CaptureMetadata Metadata => CaptureMetadata.None;

    /// <summary>What the source is like.</summary>
    SourceTraits Traits => SourceTraits.Wire;

    /// <summary>How it is read, in the words of a line, as the system reports it; null where nothing is to be said.</summary>
    string? InWords => null;

    /// <summary>Runs rules in the device itself; null where the device runs none.</summary>
    IRuleOffload? Offload => null;

    /// <summary>
    /// The time until the next packet, where the source knows that it must wait for it; otherwise null. Any thread.
    /// </summary>
    TimeSpan? UntilNextPacket => null;

    /// <summary>Bytes read of the source, for progress. Any thread.</summary>
    long BytesRead { get; }

    /// <summary>The source's size in bytes; null where it cannot be known.</summary>
    long? BytesTotal { get; }
}
