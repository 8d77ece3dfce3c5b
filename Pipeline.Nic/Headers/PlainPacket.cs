using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Pipeline.Nic.Headers;

/// <summary>
/// The fast path for nearly all IP packets: IPv4 without options or IPv6 without extension headers, not a fragment, TCP or UDP, captured
/// whole. It checks the length once and reads every byte once.
/// </summary>
/// <remarks>
/// Its results are those of the slow path through <see cref="HeaderLocator"/> and <see cref="TransportChecksum"/>. Where it cannot tell,
/// the slow path must be taken. Allocates nothing, any thread.
/// </remarks>
internal static class PlainPacket
{
    private const int IPv4Addresses = 12;
    private const int IPv6Addresses = 8;

    /// <param name="network">The protocol of <paramref name="packet"/>, as the link header says.</param>
    /// <param name="packet">From the IP header on; captured whole.</param>
    /// <param name="sum">False checks only the headers.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static PlainKind KindOf(NetworkLayer network, ReadOnlySpan<byte> packet, bool sum)
    {
        if (packet.Length < IPv4Header.MinSize + UdpHeader.Size) return PlainKind.None;
        if (network == NetworkLayer.IPv4) return IPv4(ref MemoryMarshal.GetReference(packet), packet.Length, sum);
        return network == NetworkLayer.IPv6 ? IPv6(ref MemoryMarshal.GetReference(packet), packet.Length, sum) : PlainKind.None;
    }

    private static PlainKind IPv4(ref byte ip, int captured, bool sum)
    {
        const int Transport = IPv4Header.MinSize;
        if (ip != 0x45 || (U16(ref ip, 6) & 0x3fff) != 0) return PlainKind.None;
        var segment = U16(ref ip, 2) - Transport;
        if (segment < UdpHeader.Size || segment > captured - Transport) return PlainKind.None;
        if (sum && !InternetChecksum.IsValid20(ref ip)) return PlainKind.None;

        var protocol = Unsafe.Add(ref ip, 9);
        if (protocol == IpProtocol.Udp)
        {
            if (!IsWholeUdp(ref ip, Transport, segment)) return PlainKind.None;
            if (U16(ref ip, Transport + 6) == 0) return PlainKind.UdpWithoutChecksum;
            return IsGood(ref ip, IPv4Addresses, Transport, protocol, segment, sum) ? PlainKind.UdpOverIPv4 : PlainKind.BadUdpOverIPv4;
        }

        if (protocol != IpProtocol.Tcp || !IsWholeTcp(ref ip, Transport, segment)) return PlainKind.None;
        return IsGood(ref ip, IPv4Addresses, Transport, protocol, segment, sum) ? PlainKind.TcpOverIPv4 : PlainKind.BadTcpOverIPv4;
    }

    private static PlainKind IPv6(ref byte ip, int captured, bool sum)
    {
        const int Transport = IPv6Header.Size;
        if (ip >> 4 != 6 || captured < Transport) return PlainKind.None;
        int segment = U16(ref ip, 4);
        if (segment < UdpHeader.Size || segment > captured - Transport) return PlainKind.None;

        var protocol = Unsafe.Add(ref ip, 6);
        if (protocol == IpProtocol.Udp)
        {
            // Without a checksum the packet is bad (RFC 8200 section 8.1). The slow path reports that.
            if (!IsWholeUdp(ref ip, Transport, segment) || U16(ref ip, Transport + 6) == 0) return PlainKind.None;
            return IsGood(ref ip, IPv6Addresses, Transport, protocol, segment, sum) ? PlainKind.UdpOverIPv6 : PlainKind.BadUdpOverIPv6;
        }

        if (protocol != IpProtocol.Tcp || !IsWholeTcp(ref ip, Transport, segment)) return PlainKind.None;
        return IsGood(ref ip, IPv6Addresses, Transport, protocol, segment, sum) ? PlainKind.TcpOverIPv6 : PlainKind.BadTcpOverIPv6;
    }

    private static bool IsWholeUdp(ref byte ip, int transport, int segment) => U16(ref ip, transport + 4) == segment;

    private static bool IsWholeTcp(ref byte ip, int transport, int segment)
    {
        if (segment < TcpHeader.MinSize) return false;
        var header = (Unsafe.Add(ref ip, transport + 12) >> 4) * 4;
        return header >= TcpHeader.MinSize && header <= segment;
    }

    /// <summary>The addresses of the pseudo header lie right before the segment, so both are one run of bytes.</summary>
    private static bool IsGood(ref byte ip, int addresses, int transport, byte protocol, int segment, bool sum)
    {
        if (!sum) return true;
        var total = InternetChecksum.AddWord(InternetChecksum.AddWord(0, protocol), (ushort)segment);
        return InternetChecksum.Fold(
            InternetChecksum.Add(total, ref Unsafe.Add(ref ip, addresses), transport - addresses + segment)) == 0xffff;
    }

    private static ushort U16(ref byte ip, int at)
    {
        var value = Unsafe.ReadUnaligned<ushort>(ref Unsafe.Add(ref ip, at));
        return BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;
    }
}
