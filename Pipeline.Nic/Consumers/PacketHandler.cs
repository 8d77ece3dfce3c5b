namespace Pipeline.Nic.Consumers;

/// <summary>
/// What a handler of one's own derives from: of all that a consumer can do only <see cref="Consume"/> is asked for.
/// </summary>
/// <remarks>
/// <para>A handler loaded from an assembly needs a public constructor without parameters. What it depends on comes with
/// <see cref="Open"/>, on the thread that consumes, before the first batch.</para>
/// <para>All members are called by one thread at a time. One that throws costs its batch, which is counted as
/// <see cref="Accounts.DropReason.ConsumerFailed"/>; the handler is then disposed, and a new one made and opened after a pause.</para>
/// </remarks>
public abstract class PacketHandler : IPacketConsumer
{
    /// <summary>
    /// Before the first batch, and again of every new handler that takes the place of one that failed. All options are read here: one
    /// that nobody asked for by the end of it is taken for a mistake.
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

    /// <summary>The end, always: after <see cref="Complete"/>, after a failure of any member, <see cref="Open"/> included.</summary>
    public virtual void Dispose() => GC.SuppressFinalize(this);
}
