namespace Pipeline.Nic.Consumers.Flows;

/// <summary>Why a flow was reported, in the words of IPFIX (IANA ipfix, flowEndReason, element 136).</summary>
public enum FlowEnd
{
    /// <summary>It goes on.</summary>
    None,

    /// <summary>No packet came for <see cref="FlowOptions.IdleTimeout"/>.</summary>
    IdleTimeout,

    /// <summary>It went on for <see cref="FlowOptions.ActiveTimeout"/>; its next packet begins another entry.</summary>
    ActiveTimeout,

    /// <summary>The table was full, and it was the one without a packet for longest.</summary>
    LackOfResources,

    /// <summary>The packets ended.</summary>
    ForcedEnd,
}
