namespace Pipeline.Nic.Consumers.Flows;

/// <summary>Why a flow was reported, in the words and numbers of IPFIX (RFC 5102 section 5.11.3, flowEndReason).</summary>
public enum FlowEnd
{
    /// <summary>The flow has not ended.</summary>
    None = 0,

    /// <summary>No packet came for <see cref="FlowOptions.IdleTimeout"/>.</summary>
    IdleTimeout = 1,

    /// <summary>It lasted for <see cref="FlowOptions.ActiveTimeout"/>; its next packet begins another entry.</summary>
    ActiveTimeout = 2,

    /// <summary>TCP ended it: it was over when it left the table, or its ports were used again.</summary>
    EndOfFlowDetected = 3,

    /// <summary>The packets ended.</summary>
    ForcedEnd = 4,

    /// <summary>The table was full, and this flow had been without a packet for longest.</summary>
    LackOfResources = 5,
}
