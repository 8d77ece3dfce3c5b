namespace Pipeline.Nic.Consumers;

/// <summary>The bypass handler <c>discard</c>: takes packets and does nothing with them; they count as delivered.</summary>
public sealed class DiscardConsumer : IPacketConsumer
{
    /// <inheritdoc/>
    public void Consume(scoped PacketBatch batch)
    {
    }

    public void Flush()
    {
    }

    public void Complete()
    {
    }

    public void Dispose()
    {
    }
}
