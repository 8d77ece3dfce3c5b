using Akka.Actor;
using Akka.Event;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Dispatch;

/// <summary>
/// The one message that an actor gets for all bundles that wait in its mailbox. The actor takes them through <see cref="TryNext"/>, and
/// owns each from then on, until its turn is over or a control message waits.
/// </summary>
internal sealed class BundleDrain(BundleQueue queue)
    : INoSerializationVerificationNeeded, IDeadLetterSuppression, INotInfluenceReceiveTimeout
{
    /// <summary>Bundles in one turn: enough to make the turn's cost vanish, few enough to look at system messages often.</summary>
    public const int Turn = 32;

    private int _taken;

    /// <summary>Whether bundles still wait after a turn.</summary>
    public bool IsMore => queue.HasBundles;

    /// <summary>Starts a turn. The actor that received the message calls this first.</summary>
    public void Begin() => _taken = 0;

    public bool TryNext(out PageBundle? bundle)
    {
        bundle = null;
        if (_taken == Turn || queue.HasControl) return false;
        _taken++;
        return queue.TryTake(out bundle);
    }
}
