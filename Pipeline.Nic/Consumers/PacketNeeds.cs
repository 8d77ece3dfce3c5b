namespace Pipeline.Nic.Consumers;

/// <summary>How much of a packet a consumer looks at. Other nodes send no more than that.</summary>
public enum PacketNeeds
{
    /// <summary>Lengths, time and mark; no bytes.</summary>
    Stub,

    /// <summary>The first bytes, up to and including the transport header.</summary>
    Headers,

    /// <summary>Every captured byte.</summary>
    All,
}
