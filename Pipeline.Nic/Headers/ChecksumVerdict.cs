namespace Pipeline.Nic.Headers;

/// <summary>What the checksum of a packet turned out to be.</summary>
internal enum ChecksumVerdict
{
    /// <summary>There is none to verify: the protocol has none that is known here, or UDP was sent without.</summary>
    None,

    Good,
    Bad,

    /// <summary>The header contradicts the bytes: too short, or its lengths lead beyond them.</summary>
    Malformed,
}
