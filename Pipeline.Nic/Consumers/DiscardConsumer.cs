namespace Pipeline.Nic.Consumers;

/// <summary>The bypass handler <c>discard</c>: takes packets and does nothing with them; they count as delivered.</summary>
public sealed class DiscardConsumer : IPacketConsumer
{
    /// <inheritdoc/>
    public void Consume(scoped PacketBatch batch)
    {
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
