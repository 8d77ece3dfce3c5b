using Akka.Actor;
using Pipeline.Actors.Cluster.Wire;

namespace Pipeline.Actors.Serialization;

/// <summary>
/// Says whether a message goes into one frame between nodes. Whoever tells another node something that can grow asks first: a message over
/// the limit is lost with a line in the log, and nobody else hears of it. Any thread.
/// </summary>
internal sealed class FrameRoom
{
    /// <summary>
    /// Kept free for what stands around a message: both actors' paths with the node's address, serializer, manifest. Measured are 125 bytes
    /// with short paths; the rest is for long names of hosts, nodes and actors.
    /// </summary>
    public const int Envelope = 2048;

    private const string Setting = "akka.remote.dot-netty.tcp.maximum-frame-size";

    private readonly WireRefusals _refusals;

    /// <exception cref="InvalidOperationException">The system has no remoting, or its frames are smaller than Akka allows.</exception>
    public FrameRoom(ActorSystem system)
    {
        FrameLimit = (int)Math.Min(system.Settings.Config.GetByteSize(Setting) ?? 0, int.MaxValue);
        if (FrameLimit <= Envelope)
            throw new InvalidOperationException($"{Setting} is {FrameLimit} bytes; an actor system in a cluster has more.");
        _refusals = WireRefusals.Of(system);
    }

    /// <summary>
    /// The limit of a frame in bytes, envelope and all. A hello carries it, since a difference between nodes breaks connections.
    /// </summary>
    public int FrameLimit { get; }

    /// <summary>The most bytes of an encoded message.</summary>
    public int MostBytes => FrameLimit - Envelope;

    /// <returns>
    /// True if the message may be told. Otherwise it was counted as <see cref="WireRefusalReason.TooLong"/>, and must be sent in parts.
    /// </returns>
    /// <exception cref="WireRefusedException">It must not travel at all, however short.</exception>
    public bool Fits(IClusterMessage message)
    {
        try
        {
            var bytes = WireCodec.Shared.Encode(message).Length;
            if (bytes <= MostBytes) return true;
            throw new WireRefusedException(
                WireRefusalReason.TooLong, $"{message.GetType().Name} has {bytes} bytes, and at most {MostBytes} go into a frame.");
        }
        catch (WireRefusedException e) when (e.Reason == WireRefusalReason.TooLong)
        {
            _refusals.Add(message.GetType().Name, isRead: false, e);
            return false;
        }
    }
}
