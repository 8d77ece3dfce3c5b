namespace Pipeline.Nic.Consumers;

/// <summary>
/// The base class of your own handlers. Of a consumer's members you must write only <see cref="Consume"/>.
/// </summary>
/// <remarks>
/// <para>
/// A handler loaded from an assembly needs a public constructor without parameters. Its dependencies come with <see cref="Open"/>, on the
/// thread that consumes, before the first batch.
/// </para>
/// <para>All members are called by one thread at a time. One that throws costs its batch, which is counted as
/// <see cref="Accounts.DropReason.ConsumerFailed"/>; the handler is then disposed, and a new one made and opened after a pause.</para>
/// </remarks>
public abstract class PacketHandler : IPacketConsumer
{
    /// <summary>
    /// Called before the first batch, and on every new handler that replaces one that failed. The handler must read all of its options
    /// here: an option that was not read by the end of it is taken for a mistake.
    /// </summary>
    /// <exception cref="HandlerOptionException">An option is wrong. Final: the handler is not tried again.</exception>
    public virtual void Open(HandlerContext context)
    {
    }

    /// <inheritdoc/>
    public abstract void Consume(scoped PacketBatch batch);

    /// <inheritdoc/>
    public virtual void Flush()
    {
    }

    /// <inheritdoc/>
    public virtual void Complete()
    {
    }

    /// <summary>
    /// Always called at the end: after <see cref="Complete"/>, and after a failure of any member, <see cref="Open"/> included.
    /// </summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
