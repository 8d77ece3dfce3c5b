using Pipeline.Nic.Accounts;

namespace Pipeline.Nic.Consumers;

/// <summary>
/// The normal stack of this machine, for packets of its own interfaces. It has every packet that was copied, so copies count as passed. A
/// packet that was taken from it cannot be given back, and counts as lost.
/// </summary>
/// <param name="hasThem">Whether the packets are copies.</param>
public sealed class KernelStackConsumer(bool hasThem) : IPacketConsumer, INotingConsumer
{
    /// <inheritdoc/>
    public IReadOnlyList<string> Notes { get; } =
        [hasThem ? "this machine's kernel has these packets itself" : "what is not taken stays with this machine's kernel"];

    /// <inheritdoc/>
    public void Consume(scoped PacketBatch batch)
    {
        if (!hasThem) batch.Reject(DropReason.OutputError, batch.Count, batch.Bytes);
    }

    /// <inheritdoc/>
    public void Flush()
    {
    }

    /// <inheritdoc/>
    public void Complete()
    {
    }

    /// <summary>Frees nothing.</summary>
    public void Dispose()
    {
    }
}
