namespace Pipeline.Nic.Devices.Machine;

/// <summary>A network interface of this machine, as the kernel describes it.</summary>
/// <param name="Index">The kernel's number for it.</param>
/// <param name="Name">Such as <c>eth0</c>.</param>
/// <param name="IsUp">Whether it has been brought up (<c>ip link set up</c>).</param>
/// <param name="State">
/// RFC 2863's operational state: <c>up</c>, <c>down</c>, <c>lowerlayerdown</c>, <c>dormant</c>, <c>unknown</c> and so on.
/// </param>
/// <param name="Hardware">What kind of link it is, by <see cref="HardwareTypes"/>.</param>
/// <param name="Address">Its hardware address as text; empty where it has none.</param>
/// <param name="Mtu">Bytes of the largest packet without its link header.</param>
/// <param name="ReceiveQueues">Queues that packets come in on.</param>
/// <param name="TransmitQueues">Queues that packets go out on.</param>
/// <param name="Driver">The driver of its device; null for an interface that the kernel makes itself.</param>
public sealed record MachineInterface(
    int Index, string Name, bool IsUp, string State, string Hardware, string Address, int Mtu, int ReceiveQueues, int TransmitQueues,
    string? Driver);
