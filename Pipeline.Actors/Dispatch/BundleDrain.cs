using Akka.Actor;
using Akka.Event;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Dispatch;

/// <summary>
/// "There are bundles": the one message an actor gets for all that wait in its mailbox. It takes them through <see cref="TryNext"/>,
/// owning each from then on, until it has had its turn or a control message waits.
/// </summary>
internal sealed class BundleDrain(BundleQueue queue) : INoSerializationVerificationNeeded, IDeadLetterSuppression, INotInfluenceReceiveTimeout
{
    /// <summary>Bundles to a turn: long enough to make the turn's cost vanish, short enough to look at system messages often.</summary>
    public const int Turn = 32;

    private int _taken;

    /// <summary>Whether bundles still wait after a turn.</summary>
    public bool IsMore => queue.HasBundles;

    /// <summary>Starts a turn. Called first by the actor that received the message.</summary>
    public void Begin() => _taken = 0;

    public bool TryNext(out PageBundle? bundle)
    {
        bundle = null;
        if (_taken == Turn || queue.HasControl) return false;
        _taken++;
        return queue.TryTake(out bundle);
    }
}
