namespace Pipeline.Actors.Serialization;

/// <summary>Why a message was not written for another node, or not read. A closed list.</summary>
internal enum WireRefusalReason
{
    /// <summary>Its type, or its manifest, is not in the list of wire types.</summary>
    UnknownType,

    /// <summary>It has more bytes than its type allows, or than go into one frame between nodes.</summary>
    TooLong,

    /// <summary>Its bytes, or its values, are not those that its type allows: something is null, cut off, or of another type.</summary>
    NotItsShape,

    /// <summary>Bytes follow after its end: whoever wrote it knows another type by that name.</summary>
    BytesLeftOver,

    /// <summary>The library could not write or read it.</summary>
    LibraryFailed,

    /// <summary>It is JSON, which names types of its sender's choice.</summary>
    Json,
}
