using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pipeline.Nic.Linux;

/// <summary>linux/ethtool.h: how many queues of an interface are in use (ETHTOOL_GCHANNELS).</summary>
internal static unsafe class EthtoolChannels
{
    private const uint ETHTOOL_GCHANNELS = 0x3c;

    /// <summary>Queues that packets come in on; null where the driver does not tell.</summary>
    /// <param name="socket">Any socket of the network namespace.</param>
    public static int? ReceiveQueuesOf(SafeFileHandle socket, string name) =>
        Of(socket, name)?.Receiving is > 0 and var queues ? queues : null;

    /// <summary>The same, in the network namespace of the calling thread.</summary>
    public static int? ReceiveQueuesOf(string name)
    {
        using var socket = SysSocket.Create(SysSocket.AF_NETLINK, SysSocket.SOCK_RAW, SysSocket.NETLINK_ROUTE, "ethtool");
        return ReceiveQueuesOf(socket, name);
    }

    /// <summary>
    /// The channels in use that receive and that send, and the most that can receive; null where the driver does not tell.
    /// </summary>
    /// <param name="socket">Any socket of the network namespace.</param>
    public static (int Receiving, int Sending, int MostReceiving)? Of(SafeFileHandle socket, string name)
    {
        var channels = new ethtool_channels { cmd = ETHTOOL_GCHANNELS };
        if (!NetDevice.AskDriver(socket, name, &channels)) return null;
        var both = (int)channels.combined_count;
        return ((int)channels.rx_count + both, (int)channels.tx_count + both, (int)Math.Max(channels.max_rx, channels.max_combined));
    }

    /// <summary>struct ethtool_channels.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct ethtool_channels
    {
        public uint cmd;
        public uint max_rx;
        public uint max_tx;
        public uint max_other;
        public uint max_combined;
        public uint rx_count;
        public uint tx_count;
        public uint other_count;
        public uint combined_count;
    }
}
