namespace Pipeline.Actors.Serialization;

/// <summary>An entry of the list of wire types.</summary>
/// <param name="Name">The manifest, which travels with each message. It keeps its meaning for good.</param>
/// <param name="Type">A record, or an enum.</param>
/// <param name="MostBytes">The most encoded bytes of a message; 0 for a part of messages, which is no message by itself.</param>
internal sealed record WireType(string Name, Type Type, int MostBytes = 0)
{
    /// <summary>Whether it travels by itself.</summary>
    public bool IsMessage => MostBytes > 0;
}
