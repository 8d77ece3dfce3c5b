namespace Pipeline.Nic.Consumers.Flows;

/// <summary>Why a flow was reported, in the words of IPFIX (IANA ipfix, flowEndReason, element 136).</summary>
public enum FlowEnd
{
    /// <summary>The flow has not ended.</summary>
    None,

    /// <summary>No packet came for <see cref="FlowOptions.IdleTimeout"/>.</summary>
    IdleTimeout,

    /// <summary>It lasted for <see cref="FlowOptions.ActiveTimeout"/>; its next packet begins another entry.</summary>
    ActiveTimeout,

    /// <summary>The table was full, and this flow had been without a packet for longest.</summary>
    LackOfResources,

    /// <summary>The packets ended.</summary>
    ForcedEnd,
}
