using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pcapng;

namespace Pipeline.Nic.Devices;

/// <summary>A device: queues that packets come out of. Opened by whoever made it; disposing closes it and its queues.</summary>
public interface INic : IDisposable
{
    /// <summary>How reports name it: the interface, or the capture file.</summary>
    string Name { get; }

    /// <summary>
    /// One or more, always the same. Each is for one thread at a time, different ones may have different threads. The device disposes them.
    /// </summary>
    IReadOnlyList<INicQueue> Queues { get; }

    /// <summary>The interfaces known by now; those of a capture file may become more while it is read. Any thread.</summary>
    IReadOnlyList<NicInterface> Interfaces { get; }

    /// <summary>Whether no interface can come to those there are; a pcapng capture may describe one anywhere.</summary>
    bool InterfacesAreFinal => true;

    /// <summary>What the source says besides its packets; it may become more while it is read. Any thread.</summary>
    CaptureMetadata Metadata => CaptureMetadata.None;

    /// <summary>What the source is like.</summary>
    SourceTraits Traits => SourceTraits.Wire;

    /// <summary>What runs rules in the device itself; null where nothing does.</summary>
    IRuleOffload? Offload => null;

    /// <summary>
    /// How long it will be until the next packet comes, where the source knows that it has to wait for it; else null. Any thread.
    /// </summary>
    TimeSpan? UntilNextPacket => null;

    /// <summary>Bytes read of the source, for progress. Any thread.</summary>
    long BytesRead { get; }

    /// <summary>Bytes the source has, or null where nobody can know.</summary>
    long? BytesTotal { get; }
}
