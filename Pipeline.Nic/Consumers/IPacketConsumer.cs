namespace Pipeline.Nic.Consumers;

/// <summary>
/// Where packets end. One instance is called by one thread at a time; after an exception out of <see cref="Consume"/> it is disposed
/// and, unless it is an output, replaced by a new one.
/// </summary>
public interface IPacketConsumer : IDisposable
{
    /// <summary>
    /// Takes a batch. Its packets count as delivered when this returns, except those that the consumer rejected or holds in a buffer of its
    /// own. The batch and all bytes reached through it are gone afterwards.
    /// </summary>
    /// <exception cref="OutputException">
    /// The output can no longer be used. The packets not rejected or held are counted as output errors.
    /// </exception>
    void Consume(scoped PacketBatch batch);

    /// <summary>Writes out the packets it holds. It is called a few times a second while packets come.</summary>
    void Flush();

    /// <summary>The stream has ended: finish files, settle everything held. Nothing is called after it but Dispose.</summary>
    /// <exception cref="OutputException">The output could not be finished.</exception>
    void Complete();
}
