using Pipeline.Nic.Accounts;

namespace Pipeline.Nic.Devices;

/// <summary>The device of a node that receives no packets: one of a cluster, where others do.</summary>
public sealed class NoSource : INic
{
    /// <inheritdoc/>
    public string Name => "no source";

    /// <summary>None.</summary>
    public IReadOnlyList<INicQueue> Queues => [];

    /// <summary>None.</summary>
    public IReadOnlyList<NicInterface> Interfaces => [];

    /// <summary>It goes on until somebody ends it, as a wire does. Nothing is taken from the normal stack.</summary>
    public SourceTraits Traits => SourceTraits.LiveCopy;

    /// <inheritdoc/>
    public string InWords => "other nodes of the cluster receive packets, this one does not";

    /// <inheritdoc/>
    public long BytesRead => 0;

    /// <inheritdoc/>
    public long? BytesTotal => null;

    /// <summary>There is nothing to close.</summary>
    public void Dispose()
    {
    }
}
