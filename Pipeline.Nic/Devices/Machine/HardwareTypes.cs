namespace Pipeline.Nic.Devices.Machine;

/// <summary>Words for kinds of links. Numbers: Linux, include/uapi/linux/if_arp.h.</summary>
public static class HardwareTypes
{
    private static readonly Dictionary<int, string> Names = new()
    {
        [1] = "ethernet", // ARPHRD_ETHER
        [32] = "infiniband", // ARPHRD_INFINIBAND
        [280] = "can", // ARPHRD_CAN
        [512] = "ppp", // ARPHRD_PPP
        [519] = "raw-ip", // ARPHRD_RAWIP
        [768] = "ip-in-ip", // ARPHRD_TUNNEL
        [769] = "ip6-tunnel", // ARPHRD_TUNNEL6
        [772] = "loopback", // ARPHRD_LOOPBACK
        [776] = "sit", // ARPHRD_SIT
        [778] = "gre", // ARPHRD_IPGRE
        [801] = "wifi", // ARPHRD_IEEE80211
        [803] = "wifi-monitor", // ARPHRD_IEEE80211_RADIOTAP
        [823] = "gre6", // ARPHRD_IP6GRE
        [824] = "netlink", // ARPHRD_NETLINK
        [65534] = "none", // ARPHRD_NONE, such as a TUN device
    };

    /// <summary>A word, or <c>type-N</c> for one without.</summary>
    public static string NameOf(int type) => Names.GetValueOrDefault(type) ?? $"type-{type}";
}
