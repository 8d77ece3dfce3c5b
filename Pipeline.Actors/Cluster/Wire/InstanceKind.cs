namespace Pipeline.Actors.Cluster.Wire;

/// <summary>
/// What an instance of a consumer group is. The numbers are those on the wire. None is 0, so that a value nobody set is not taken for one.
/// </summary>
internal enum InstanceKind : byte
{
    /// <summary>A handler in C#.</summary>
    Bypass = 1,

    /// <summary>What a RAW socket would see: capture files.</summary>
    AfPacket = 2,

    /// <summary>The normal stack.</summary>
    Stack = 3,
}
