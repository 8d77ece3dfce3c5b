namespace Pipeline.Nic.Devices.AfPacket;

/// <summary>What the kernel said about the packets of a ring. The queue's thread counts; any thread reads single counts.</summary>
internal struct RingCounts
{
    /// <summary>Packets that did not fit into a block.</summary>
    public long Cut;

    /// <summary>Packets with a time of the interface's own clock.</summary>
    public long HardwareStamped;

    /// <summary>How often the kernel found its next block held and stopped.</summary>
    public long Freezes;
}
