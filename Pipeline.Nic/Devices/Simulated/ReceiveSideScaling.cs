using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Devices.Simulated;

/// <summary>
/// Chooses the queue that a packet comes in on: the destination address gives the virtual function, and the flow's hash gives one of its
/// queues.
/// </summary>
/// <remarks>
/// The low bits of the hash choose an entry of an indirection table, and the entry names the queue. Entries name the queues in turn.
/// Packets that are not IP have the hash 0.
/// </remarks>
internal sealed class ReceiveSideScaling(SimulatedOptions options)
{
    /// <summary>Entries of the indirection table, as most devices have (Microsoft, "Indirection Table").</summary>
    private const int IndirectionEntries = 128;

    private const int AddressBytes = 6;

    private readonly byte[] _key = (options.SymmetricRss ? Toeplitz.SymmetricKey : Toeplitz.PublishedKey).ToArray();
    private readonly int[] _device = Spread(0, options.Queues);
    private readonly int[][] _functions =
        [.. Enumerable.Range(0, options.Vfs).Select(vf => Spread(options.Queues + (vf * options.VfQueues), options.VfQueues))];

    /// <summary>The MAC address of a virtual function, or of the device itself for -1. Locally administered.</summary>
    public static byte[] AddressOf(int function) => [0x02, 0, 0, 0, (byte)((function + 1) >> 8), (byte)(function + 1)];

    public int QueueOf(LinkType linkType, ReadOnlySpan<byte> packet)
    {
        var table = linkType == LinkType.Ethernet && FunctionOf(packet) is var function and >= 0 ? _functions[function] : _device;
        return table[HashOf(linkType, packet) & (IndirectionEntries - 1)];
    }

    /// <summary>The hash of addresses and, where TCP or UDP has them and the packet is no fragment, ports; 0 when it is not IP.</summary>
    public uint HashOf(LinkType linkType, ReadOnlySpan<byte> packet)
    {
        Span<byte> input = stackalloc byte[Toeplitz.MostInput];
        var network = LinkHeader.Locate(linkType, packet, out var l3);
        var start = HeaderLocator.Transport(network, packet, l3);
        ReadOnlySpan<byte> addresses = network switch
        {
            NetworkLayer.IPv4 when IPv4Header.TryRead(packet[l3..], out var ip) => ip.Addresses,
            NetworkLayer.IPv6 when IPv6Header.TryRead(packet[l3..], out var ip) => ip.Addresses,
            _ => [],
        };
        if (addresses.IsEmpty) return 0;

        addresses.CopyTo(input);
        var bytes = addresses.Length;
        if (start.Protocol is IpProtocol.Tcp or IpProtocol.Udp && !start.IsFragment
            && start.Offset >= 0 && packet.Length - start.Offset >= 4)
        {
            packet.Slice(start.Offset, 4).CopyTo(input[bytes..]);
            bytes += 4;
        }

        return Toeplitz.Hash(_key, input[..bytes]);
    }

    private int FunctionOf(ReadOnlySpan<byte> packet)
    {
        for (var vf = 0; vf < _functions.Length; vf++)
        {
            if (packet.Length >= AddressBytes && packet[..AddressBytes].SequenceEqual(AddressOf(vf))) return vf;
        }

        return -1;
    }

    private static int[] Spread(int first, int queues) => [.. Enumerable.Range(0, IndirectionEntries).Select(i => first + (i % queues))];
}
