using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Links;

/// <summary>Where a link's receiver takes bundles. It is called on the link's thread, and must neither wait nor throw.</summary>
public interface ILinkTarget
{
    /// <summary>
    /// The account of the packets of one instance. The link asks once for each instance, when its first bundle comes.
    /// </summary>
    /// <param name="instance">0 to 1023. It need not exist here: its bundles are then to be dropped.</param>
    /// <returns>
    /// An account of this link and instance alone, with nothing in it: the sender is told what is counted there, and nothing else may be.
    /// </returns>
    PacketAccount OpenAccount(int instance);

    /// <summary>Takes a bundle.</summary>
    /// <param name="instance">Whom it is for.</param>
    /// <param name="bundle">
    /// The target owns it, even if it throws. Its packets must be settled in its account, and it must be disposed: the sender has no more
    /// credit than it takes. Ask <see cref="PageBundle.IsLeaseValid"/> before its packets are processed. Where it is false, settle it
    /// with <see cref="PageBundle.SettleNotProcessed"/>. One instance's bundles must be processed in order: from the first one on that was
    /// not processed, the sender takes all back.
    /// </param>
    void Take(int instance, PageBundle bundle);
}
