namespace Pipeline.Nic.Devices.Simulated;

/// <summary>The traffic on the simulated wire.</summary>
public enum TrafficProfile
{
    /// <summary>64-byte packets, spread evenly over the flows.</summary>
    Small,

    /// <summary>Packets of 64, 590 and 1514 bytes in the ratio 7 : 4 : 1, spread evenly over the flows.</summary>
    Imix,

    /// <summary>The sizes of <see cref="Imix"/>; flow number n carries 1/n as many packets as the first (Zipf, exponent 1).</summary>
    Zipf,

    /// <summary>One flow of 1514-byte packets has half of all packets; the others share the rest, 64 bytes each.</summary>
    Elephant,

    /// <summary>
    /// Traffic like that of a site's uplink: the web over IPv4 and IPv6, DNS, SSH, ICMP, ARP and more. Each kind has its own sizes, and a
    /// Zipf distribution over its flows.
    /// </summary>
    Mixed,
}
