namespace Pipeline.Nic.Devices.AfXdp;

/// <summary>Where an interface runs its XDP program (XDP_FLAGS_SKB_MODE and XDP_FLAGS_DRV_MODE, linux/if_link.h).</summary>
public enum XdpMode
{
    /// <summary>After the driver, on packet buffers. Any interface supports it, and it is slower.</summary>
    Generic = 2,

    /// <summary>In the driver, before there is a packet buffer.</summary>
    Native = 4,
}
