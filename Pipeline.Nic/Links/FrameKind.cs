namespace Pipeline.Nic.Links;

/// <summary>What a frame is.</summary>
internal enum FrameKind : ushort
{
    /// <summary>A sign of life, nothing else. Either side sends it.</summary>
    Ping = 1,

    /// <summary>Declares an interface. Only the sender sends it.</summary>
    Interface = 2,

    /// <summary>Sections of bundles. Only the sender sends it.</summary>
    Bundles = 3,

    /// <summary>Rows of acknowledgements. Only the receiver sends it.</summary>
    Acknowledgements = 4,

    /// <summary>What the receiver has to say of an earlier link. It is sent once, right after the receiver's hello.</summary>
    LastWords = 5,
}
