using Akka.Actor;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Serialization;

/// <summary>Counts the messages of an actor system that were refused, and keeps the last one of each reason. Any thread.</summary>
internal sealed class WireRefusals : IExtension
{
    private static readonly int Reasons = Enum.GetValues<WireRefusalReason>().Length;

    private readonly long[] _written = new long[Reasons];
    private readonly long[] _read = new long[Reasons];
    private readonly WireRefusal?[] _latest = new WireRefusal?[Reasons];

    /// <summary>Those of one system; the same object for all that ask.</summary>
    public static WireRefusals Of(ActorSystem system) => system.WithExtension<WireRefusals, Provider>();

    /// <summary>How many were to go to other nodes.</summary>
    public long Written(WireRefusalReason reason) => Volatile.Read(ref _written[(int)reason]);

    /// <summary>How many came from other nodes.</summary>
    public long Read(WireRefusalReason reason) => Volatile.Read(ref _read[(int)reason]);

    /// <returns>The last one, in either direction; null where there was none.</returns>
    public WireRefusal? Latest(WireRefusalReason reason) => Volatile.Read(ref _latest[(int)reason]);

    /// <param name="message">The name of the message's type. It may be foreign text.</param>
    public void Add(string message, bool isRead, WireRefusedException refused)
    {
        var reason = (int)refused.Reason;
        Volatile.Write(ref _latest[reason], new WireRefusal(Quoted.Short(message), isRead, refused.Reason, refused.Message));
        Interlocked.Increment(ref (isRead ? _read : _written)[reason]);
    }

    private sealed class Provider : ExtensionIdProvider<WireRefusals>
    {
        public override WireRefusals CreateExtension(ExtendedActorSystem system) => new();
    }
}
