using System.Runtime.Serialization;

namespace Pipeline.Actors.Serialization;

/// <summary>A message is not written for another node, or not read. The connection to that node lives on.</summary>
internal sealed class WireRefusedException(WireRefusalReason reason, string message, Exception? inner = null)
    : SerializationException(message, inner)
{
    public WireRefusalReason Reason { get; } = reason;
}
