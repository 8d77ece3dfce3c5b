namespace Pipeline.Nic.Devices.AfPacket;

/// <summary>How the kernel chooses the queue of a packet where there are several (packet(7), PACKET_FANOUT).</summary>
public enum AfPacketSteering
{
    /// <summary>
    /// By a symmetric hash of addresses and ports: both directions of a flow are on one queue. Packets that are not IP are all on one.
    /// </summary>
    Flow,

    /// <summary>By the number of the interface's own receive queue, modulo the number of queues here.</summary>
    Queue,

    /// <summary>By the CPU that the kernel received the packet on, modulo the number of queues here.</summary>
    Cpu,
}
