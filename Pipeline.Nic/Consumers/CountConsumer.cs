using Pipeline.Nic.Accounts;

namespace Pipeline.Nic.Consumers;

/// <summary>The bypass handler <c>count</c>: counts packets and captured bytes, and looks at no packet.</summary>
public sealed class CountConsumer : IPacketConsumer
{
    private long _packets;
    private long _bytes;

    /// <summary>The packets consumed so far. Any thread; the two figures can be one batch apart.</summary>
    public PacketTally Counted => new(Interlocked.Read(ref _packets), Interlocked.Read(ref _bytes));

    /// <inheritdoc/>
    public void Consume(scoped PacketBatch batch)
    {
        // One thread writes, so plain additions suffice. The stores are atomic for readers.
        Volatile.Write(ref _packets, _packets + batch.Count);
        Volatile.Write(ref _bytes, _bytes + batch.Bytes);
    }

    /// <inheritdoc/>
    public void Flush()
    {
    }

    /// <inheritdoc/>
    public void Complete()
    {
    }

    /// <summary>Frees nothing. <see cref="Counted"/> can be read afterwards.</summary>
    public void Dispose()
    {
    }
}
