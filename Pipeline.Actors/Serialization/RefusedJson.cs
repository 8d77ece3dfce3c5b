using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace Pipeline.Actors.Serialization;

/// <summary>
/// Stands where Akka has its JSON serializer, which makes whatever type the bytes name, and refuses everything. A node without it sends
/// JSON for each type that nobody named a serializer for. Any thread.
/// </summary>
/// <remarks>Because it takes manifests as text, Akka does not look for a type of that name before it asks.</remarks>
internal sealed class RefusedJson : SerializerWithStringManifest
{
    /// <summary>The number of Akka's JSON serializer on the wire (<c>akka.actor.serialization-identifiers</c> of Akka 1.5).</summary>
    public const int Id = 1;

    /// <param name="settings">Unused: Akka has settings for JSON, and therefore gives them to whatever stands in its place.</param>
    public RefusedJson(ExtendedActorSystem system, Config settings)
        : base(system) => _ = settings;

    public override int Identifier => Id;

    /// <exception cref="WireRefusedException">Always.</exception>
    public override string Manifest(object o) => throw Refused(o.GetType().Name, isRead: false);

    /// <exception cref="WireRefusedException">Always.</exception>
    public override byte[] ToBinary(object obj) => throw Refused(obj.GetType().Name, isRead: false);

    /// <param name="manifest">Empty, as Akka sends it: JSON has the name of its type within.</param>
    /// <exception cref="WireRefusedException">Always.</exception>
    public override object FromBinary(byte[] bytes, string manifest) => throw Refused(manifest, isRead: true);

    private WireRefusedException Refused(string message, bool isRead)
    {
        const string why = "Messages in JSON are neither sent to other nodes nor taken from them.";
        var refused = new WireRefusedException(WireRefusalReason.Json, why);
        WireRefusals.Of(system).Add(message, isRead, refused);
        return refused;
    }
}
