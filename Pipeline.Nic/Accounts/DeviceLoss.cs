namespace Pipeline.Nic.Accounts;

/// <summary>How the device lost a packet before the packet was received. A closed list.</summary>
public enum DeviceLoss
{
    /// <summary>The receive ring was full: the host took packets out of it more slowly than they came.</summary>
    RingFull,

    /// <summary>The fill ring was empty: the device had a packet, and the host had given it no buffer to write the packet into.</summary>
    FillEmpty,

    /// <summary>
    /// No page of the pool was free: consumers held all of them. A larger pool, or quicker consumers, would have taken the packet.
    /// </summary>
    NoPage,

    /// <summary>The kernel dropped the packet after the driver and before the socket that this program reads.</summary>
    KernelDrops,

    /// <summary>
    /// The interface or its driver dropped the packet before the kernel had it. Packets lost while the link was down count too.
    /// </summary>
    InterfaceDrops,

    /// <summary>The device handed over a descriptor that does not point at a packet. Its bytes were not read.</summary>
    InvalidDescriptor,
}
