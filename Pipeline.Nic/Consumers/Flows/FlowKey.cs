namespace Pipeline.Nic.Consumers.Flows;

/// <summary>
/// The flow that a packet belongs to: two endpoints, in an order that does not depend on who sends, the IP protocol and the Ethernet type.
/// </summary>
/// <remarks>
/// <para>
/// VLAN tags are part of it only if asked for: the two directions can have different ones. Ports are 0 where the protocol has none. They
/// are 0 in every fragment too, even the first, so that all fragments between two hosts are one flow.
/// </para>
/// <para>
/// In the place of a port, ICMP has type and code of what the endpoint sends: 8 at who asks for an echo, 0 at who answers. So two hosts
/// that ping each other are two flows, as two connections would be.
/// </para>
/// <para>Packets that are not IP have no endpoints: there is one flow per Ethernet type.</para>
/// </remarks>
internal readonly record struct FlowKey
{
    /// <summary>The Ethernet type where there is none, or it is not known.</summary>
    public const ushort NoType = 0;

    private const uint IpFlag = 1u << 24;

    private readonly UInt128 _low;
    private readonly UInt128 _high;
    private readonly uint _ports;
    private readonly uint _kind;
    private readonly FlowVlans _vlans;

    private FlowKey(UInt128 low, UInt128 high, uint ports, uint kind, FlowVlans vlans) =>
        (_low, _high, _ports, _kind, _vlans) = (low, high, ports, kind, vlans);

    /// <summary>The endpoint with the lower address, or of equal addresses the lower port. IPv4 addresses are the low 32 bits.</summary>
    public UInt128 LowAddress => _low;

    public UInt128 HighAddress => _high;

    public ushort LowPort => (ushort)(_ports >> 16);

    public ushort HighPort => (ushort)_ports;

    public ushort EtherType => (ushort)(_kind >> 8);

    /// <summary>The IP protocol; 0 for packets that are not IP.</summary>
    public byte Protocol => (byte)_kind;

    public bool IsIp => (_kind & IpFlag) != 0;

    /// <summary>None where they are not part of flows.</summary>
    public FlowVlans Vlans => _vlans;

    /// <param name="from">The source's port, or what stands in its place.</param>
    /// <param name="fromLow">Whether the packet's source is the lower endpoint.</param>
    public static FlowKey Of(
        UInt128 source, UInt128 destination, ushort from, ushort to, ushort etherType, byte protocol, FlowVlans vlans, out bool fromLow)
    {
        fromLow = source < destination || (source == destination && from <= to);
        var kind = IpFlag | ((uint)etherType << 8) | protocol;
        return fromLow
            ? new FlowKey(source, destination, ((uint)from << 16) | to, kind, vlans)
            : new FlowKey(destination, source, ((uint)to << 16) | from, kind, vlans);
    }

    public static FlowKey Other(ushort etherType, FlowVlans vlans) => new(0, 0, 0, (uint)etherType << 8, vlans);

    /// <summary>
    /// The hash has a key: whoever can choose addresses must not be able to choose where they lie in the table. Multiply and fold, in the
    /// manner of Wang Yi's wyhash.
    /// </summary>
    public uint Hash(ulong seed)
    {
        var hash = Fold(((ulong)(_low >> 64)) ^ seed, (ulong)_low ^ 0xa0761d6478bd642f);
        hash = Fold((ulong)(_high >> 64) ^ hash, (ulong)_high ^ 0xe7037ed1a0b428db);
        hash = Fold((((ulong)_ports << 32) | _kind) ^ hash, seed ^ _vlans.Bits ^ 0x8ebc6af09c88c6e3);
        return (uint)(hash ^ (hash >> 32));
    }

    private static ulong Fold(ulong a, ulong b) => Math.BigMul(a, b, out var low) ^ low;
}
