namespace Pipeline.Nic.Pages;

/// <summary>Other facts about a packet, one bit each.</summary>
[Flags]
public enum PacketFlags : byte
{
    /// <summary>Nothing else is known. A device gives out packets of a wire like this.</summary>
    None = 0,

    /// <summary>The source recorded no time (pcapng simple packet blocks).</summary>
    NoTimestamp = 1,

    /// <summary>The packet matches the expression given on the command line, or there was none.</summary>
    Selected = 2,

    /// <summary>More than one rule matched (by <c>continue</c>); <see cref="Packet.Rule"/> is the last of them.</summary>
    SeveralRules = 4,

    /// <summary>The device wrote the mark; the bytes need not be read again.</summary>
    MarkedByDevice = 8,

    /// <summary>Other bundles hold this packet's page too (only in pools with one packet per page).</summary>
    SharedPage = 16,

    /// <summary>
    /// A keep-out guard matched: no rule was tried, there is no mark, and the packet goes to the normal stack whatever routes say.
    /// </summary>
    KeptOut = 32,

    /// <summary>
    /// The packet's bytes lie in a pcapng block that says more than the descriptor does: options, or a time that 64 bits of nanoseconds
    /// cannot hold. The block lies whole in the packet's page; whoever copies the packet elsewhere must copy the block or clear the flag.
    /// </summary>
    InBlock = 64,

    /// <summary>
    /// The TCP or UDP checksum is not computed yet: its field holds only the sum of the pseudo header. The kernel gives out packets of this
    /// machine, and of virtual interfaces, like this. Captures are written with the checksum completed, and so are packets that are sent.
    /// </summary>
    ChecksumPending = 128,
}
