namespace Pipeline.Nic.Pages;

/// <summary>What else is known of a packet, one bit each.</summary>
[Flags]
public enum PacketFlags : byte
{
    None = 0,

    /// <summary>The source recorded no time (pcapng simple packet blocks).</summary>
    NoTimestamp = 1,

    /// <summary>The packet matches the expression given on the command line, or there was none.</summary>
    Selected = 2,

    /// <summary>More than one rule matched (by <c>continue</c>); <see cref="Packet.Rule"/> is the last of them.</summary>
    SeveralRules = 4,

    /// <summary>The device wrote the mark; the bytes need not be looked at again.</summary>
    MarkedByDevice = 8,

    /// <summary>Other bundles hold this packet's page too (pools with one packet to a page only).</summary>
    SharedPage = 16,

    /// <summary>A keep-out guard matched: no rule was tried, there is no mark, and the packet goes to the normal stack whatever routes say.</summary>
    KeptOut = 32,
}
