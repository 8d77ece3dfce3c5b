using Akka.Actor;
using Akka.Serialization;

namespace Pipeline.Actors.Serialization;

/// <summary>
/// Writes and reads the control messages of a cluster (<see cref="Cluster.Wire.IClusterMessage"/>). hocon/cluster.conf names it; the actor
/// system makes one. Whatever it refuses is counted in <see cref="WireRefusals"/>. Any thread.
/// </summary>
internal sealed class ControlSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    /// <summary>Its number on the wire, for good. Akka keeps 0 to 40 for itself.</summary>
    public const int Id = 4053;

    public override int Identifier => Id;

    /// <exception cref="WireRefusedException">The type is not in the list of wire types.</exception>
    public override string Manifest(object o) => Counted(o.GetType().Name, isRead: false, () => WireCodec.Shared.TypeOf(o).Name);

    /// <exception cref="WireRefusedException">It must not travel.</exception>
    public override byte[] ToBinary(object obj) => Counted(obj.GetType().Name, isRead: false, () => WireCodec.Shared.Encode(obj));

    /// <exception cref="WireRefusedException">It is none of our messages.</exception>
    public override object FromBinary(byte[] bytes, string manifest) =>
        Counted(manifest, isRead: true, () => WireCodec.Shared.Decode(bytes, manifest));

    private T Counted<T>(string message, bool isRead, Func<T> act)
    {
        try
        {
            return act();
        }
        catch (WireRefusedException e)
        {
            WireRefusals.Of(system).Add(message, isRead, e);
            throw;
        }
    }
}
