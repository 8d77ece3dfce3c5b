using System.Diagnostics.CodeAnalysis;
using Pipeline.Nic.Accounts;

namespace Pipeline.Nic.Links;

/// <summary>
/// The receiving end of a link between two nodes. A thread of its own reads frames, makes bundles whose packets lie where they were
/// received, hands them over, and tells the sender what became of them.
/// </summary>
/// <remarks>
/// When the link has ended, its bundles are no longer valid (<see cref="Pages.PageBundle.IsLeaseValid"/>): the sender takes back those that
/// were not acknowledged. Consumers discard them (<see cref="Pages.PageBundle.SettleNotProcessed"/>) and still dispose them, and the last
/// one home frees the slabs. Then the receiver has last words, which the next link from the same sender begins with.
/// </remarks>
public sealed class LinkReceiver : IDisposable
{
    private readonly ReceivingEnd _end;

    /// <summary>Starts the thread.</summary>
    /// <param name="connection">One that was accepted. The receiver owns it from now on.</param>
    /// <param name="options">Its name, its memory, and who hears that it ended.</param>
    /// <param name="target">Takes the bundles.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside of its bounds.</exception>
    /// <exception cref="Linux.LinuxException">There is no memory for the slabs.</exception>
    public LinkReceiver(LinkConnection connection, LinkOptions options, ILinkTarget target)
    {
        _end = new ReceivingEnd(connection, options, target);
        _end.Start();
    }

    /// <summary>What was agreed.</summary>
    public LinkHello Hello => _end.Hello;

    /// <summary>What the link has done. Any thread.</summary>
    public LinkCounters Counters => _end.Counters;

    /// <summary>How it ended; null while it runs. Any thread.</summary>
    public LinkEnding? Ending => _end.Ending;

    /// <summary>The slabs, for the books of this node.</summary>
    public IPacketStore Slabs => _end.Slabs;

    internal long Allocated => _end.Allocated;

    /// <summary>
    /// Says how much of what came over the link was processed, once it has ended and all of its bundles are home. Give it to the
    /// <see cref="LinkConnection.Accept"/> of the next link from the same sender. Any thread; it does not wait. It can be called again, and
    /// tells more where outcomes came meanwhile (<see cref="LinkLastWords.IsSettled"/>). Where nothing at all came over the link, they are
    /// those that its own connection began with, because the sender may not have heard them.
    /// </summary>
    /// <param name="words">Null where there are none yet.</param>
    /// <returns>False while the link runs or a consumer holds a bundle of it.</returns>
    public bool TryTakeLastWords([NotNullWhen(true)] out LinkLastWords? words) => (words = _end.TakeLastWords()) is not null;

    /// <summary>
    /// Asks for one call when the link has ended and all of its bundles are home, so that there are last words. Any thread may ask, at any
    /// time.
    /// </summary>
    /// <param name="wake">
    /// Called on this thread, on the link's, or on the one that disposes the last bundle: it must be short, and must not end the link.
    /// </param>
    public void WakeWhenHome(Action wake) => _end.WakeWhenHome(wake);

    /// <summary>Ends the link, where it has not ended. May be called again, but not by the target or by whoever hears of the end.</summary>
    public void Dispose() => _end.Dispose();
}
