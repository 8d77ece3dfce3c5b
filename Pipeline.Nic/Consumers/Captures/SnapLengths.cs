using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Consumers.Captures;

/// <summary>
/// The snap length a file declares. libpcap refuses files whose interfaces of one link type declare different ones, and cuts longer packets
/// of pcap files to it. So it is the same for all interfaces, and it is libpcap's own value for "no limit".
/// </summary>
internal static class SnapLengths
{
    // libpcap 1.10, pcap-common.c, max_snaplen_for_dlt
    private const uint Usual = 262_144;
    private const uint OfDBus = 128 * 1024 * 1024;
    private const uint OfUsbPcap = 128 * 1024 * 1024;
    private const uint OfEbhscr = 8 * 1024 * 1024;

    /// <param name="asked">The most bytes to write of a packet; 0 for all.</param>
    public static uint Declared(int asked, LinkType linkType) => asked > 0 ? (uint)asked : Most(linkType);

    // Link type numbers: tcpdump.org/linktypes.html
    private static uint Most(LinkType linkType) => (int)linkType switch
    {
        231 => OfDBus,
        249 => OfUsbPcap,
        279 => OfEbhscr,
        _ => Usual,
    };
}
