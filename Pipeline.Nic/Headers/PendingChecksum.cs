using System.Buffers.Binary;

namespace Pipeline.Nic.Headers;

/// <summary>
/// Completes a TCP or UDP checksum whose field holds only the sum of the pseudo header, as a packet has it whose sender leaves the rest to
/// the hardware (Linux, include/linux/skbuff.h, CHECKSUM_PARTIAL). Allocates nothing, any thread.
/// </summary>
internal static class PendingChecksum
{
    private const int TcpFieldAt = 16; // RFC 9293 section 3.1
    private const int UdpFieldAt = 6; // RFC 768

    /// <summary>Computes the checksum without changing the packet.</summary>
    /// <param name="packet">All of its bytes.</param>
    /// <param name="at">Bytes to its checksum field.</param>
    /// <param name="checksum">The number that belongs there, big-endian.</param>
    /// <returns>
    /// False where the field does not hold such a sum: the packet is cut, or the checksum that is pending is that of a packet inside it.
    /// </returns>
    public static bool TryCompute(LinkType linkType, ReadOnlySpan<byte> packet, out int at, out ushort checksum)
    {
        checksum = 0;
        if (!TryLocate(linkType, packet, out var start, out at, out var end)) return false;
        var segment = packet[start..end];
        checksum = InternetChecksum.Compute(segment);

        // A checksum of 0 would say that there is none (RFC 768).
        if (checksum == 0 && at - start == UdpFieldAt) checksum = ushort.MaxValue;
        return true;
    }

    /// <summary>Finds the field without computing anything.</summary>
    /// <param name="packet">All of its bytes.</param>
    /// <param name="from">Bytes to the first that the checksum is over.</param>
    /// <param name="at">Bytes to its field.</param>
    /// <param name="end">Bytes to the end of what it is over.</param>
    /// <returns>False where <see cref="TryCompute"/> would return it.</returns>
    public static bool TryLocate(LinkType linkType, ReadOnlySpan<byte> packet, out int from, out int at, out int end)
    {
        (from, at, end) = (0, 0, 0);
        var network = LinkHeader.Locate(linkType, packet, out var l3);
        var start = HeaderLocator.Transport(network, packet, l3);
        if (start.Offset < 0 || start.IsFragment) return false;
        var fieldAt = start.Protocol switch { IpProtocol.Tcp => TcpFieldAt, IpProtocol.Udp => UdpFieldAt, _ => -1 };
        (from, end) = (start.Offset, EndOf(network, packet, l3));
        if (fieldAt < 0 || end > packet.Length || from + fieldAt + sizeof(ushort) > end) return false;
        at = from + fieldAt;
        return BinaryPrimitives.ReadUInt16BigEndian(packet[at..]) == PseudoSum(network, packet[l3..], start.Protocol, end - from);
    }

    /// <summary>Completes the checksum in a copy, which can be shorter than the packet.</summary>
    public static void Complete(LinkType linkType, ReadOnlySpan<byte> packet, Span<byte> copy)
    {
        if (!TryCompute(linkType, packet, out var at, out var checksum)) return;
        Span<byte> field = [(byte)(checksum >> 8), (byte)checksum];
        if (at < copy.Length) field[..Math.Min(sizeof(ushort), copy.Length - at)].CopyTo(copy[at..]);
    }

    /// <summary>The end of the IP packet, before padding. A length of 0 stands for one too large for the field.</summary>
    private static int EndOf(NetworkLayer network, ReadOnlySpan<byte> packet, int l3)
    {
        var length = network == NetworkLayer.IPv4
            ? BinaryPrimitives.ReadUInt16BigEndian(packet[(l3 + 2)..])
            : BinaryPrimitives.ReadUInt16BigEndian(packet[(l3 + 4)..]);
        if (length == 0) return packet.Length;
        return l3 + length + (network == NetworkLayer.IPv4 ? 0 : IPv6Header.Size);
    }

    /// <summary>The folded sum of addresses, protocol and length (RFC 9293 section 3.1, RFC 8200 section 8.1).</summary>
    private static ushort PseudoSum(NetworkLayer network, ReadOnlySpan<byte> ip, byte protocol, int length)
    {
        var addresses = network == NetworkLayer.IPv4 ? ip.Slice(12, 8) : ip.Slice(8, 32);
        var sum = InternetChecksum.AddWord(InternetChecksum.AddWord(0, protocol), (ushort)length);
        return InternetChecksum.Fold(InternetChecksum.Add(InternetChecksum.AddWord(sum, (ushort)(length >> 16)), addresses));
    }
}
