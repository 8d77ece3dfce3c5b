namespace Pipeline.Nic.Headers;

/// <summary>The result of checking a packet's checksum.</summary>
internal enum ChecksumVerdict
{
    /// <summary>There is none to verify: the protocol has none that is known here, or UDP was sent without one.</summary>
    None,

    Good,
    Bad,

    /// <summary>The header contradicts the bytes: too short, or its lengths lead beyond them.</summary>
    Malformed,
}
