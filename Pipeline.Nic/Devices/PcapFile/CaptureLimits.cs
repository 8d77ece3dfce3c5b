using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Devices.PcapFile;

/// <summary>The most captured bytes that a record may state. A record that states more is taken for broken.</summary>
internal static class CaptureLimits
{
    /// <summary>libpcap's MAXIMUM_SNAPLEN (pcap-int.h), which Wireshark has as well (WTAP_MAX_PACKET_SIZE_STANDARD).</summary>
    private const uint Standard = 256 * 1024;

    /// <summary>libpcap's MAX_SNAPLEN for D-Bus messages and USB transfers.</summary>
    private const uint MessageBus = 128 * 1024 * 1024;

    private const uint HighSpeedRecorder = 8 * 1024 * 1024;

    // LINKTYPE_USB_LINUX_MMAPPED, LINKTYPE_DBUS, LINKTYPE_USBPCAP and LINKTYPE_EBHSCR (tcpdump.org/linktypes.html);
    // the limits are those of libpcap's max_snaplen_for_dlt (pcap-common.c).
    public static uint Of(LinkType linkType) => (int)linkType switch
    {
        220 or 231 or 249 => MessageBus,
        279 => HighSpeedRecorder,
        _ => Standard,
    };

    /// <summary>Says why that many captured bytes are not accepted.</summary>
    public static string Refusal(uint captured, LinkType linkType, int pageSize) => captured > Of(linkType)
        ? $"a packet says that {captured} bytes of it were captured; link type {(int)linkType} has at most {Of(linkType)}"
        : $"a packet with {captured} captured bytes does not fit into a page of {pageSize} bytes; use larger pages";
}
