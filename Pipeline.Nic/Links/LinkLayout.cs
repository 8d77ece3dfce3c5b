using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Links;

/// <summary>
/// The sizes and numbers of the link's protocol, as docs/guides/link-protocol.md describes it. All numbers are little-endian.
/// </summary>
internal static class LinkLayout
{
    /// <summary>The number of this protocol. Whoever changes a byte of it counts it up.</summary>
    public const uint Protocol = 2;

    /// <summary>The hello's first eight bytes: "PIPELINK".</summary>
    public const ulong Magic = 0x4B4E494C45504950;

    /// <summary>Bytes of a hello.</summary>
    public const int HelloBytes = 64;

    /// <summary>Bytes of a frame's header.</summary>
    public const int HeaderBytes = 32;

    /// <summary>Bytes of a bundle's header in a frame.</summary>
    public const int SectionBytes = 32;

    /// <summary>Bytes of a packet's entry in the table.</summary>
    public const int EntryBytes = 32;

    /// <summary>The longest packet, in captured bytes, as capture tools know it (SNAPLEN of tcpdump, MAXIMUM_SNAPLEN of libpcap).</summary>
    public const int MostPacketBytes = 262_144;

    /// <summary>The longest frame of any link: one that a longest packet has to itself.</summary>
    public const int MostFrameBytes = HeaderBytes + SectionBytes + EntryBytes + MostPacketBytes;

    /// <summary>The bytes of an interface's declaration before its name.</summary>
    public const int InterfaceBytes = 24;

    /// <summary>The most bytes of an interface's name.</summary>
    public const int MostNameBytes = 1024;

    /// <summary>Interfaces that are declared at a time. A further one takes the id of the one that was declared first.</summary>
    public const int MostInterfaces = 4096;

    /// <summary>Instances of one link, numbered from 0.</summary>
    public const int MostInstances = 1024;

    /// <summary>The bytes of a row of an acknowledgement before its outcomes.</summary>
    public const int RowBytes = 16;

    /// <summary>Bytes of one outcome: packets and bytes.</summary>
    public const int OutcomeBytes = 16;

    /// <summary>The longest frame of acknowledgements. It is short, so that a socket that is ready to write takes it whole.</summary>
    public const int MostAcknowledgementBytes = 4096;

    /// <summary>The bytes of last words between the frame's header and their rows.</summary>
    public const int LastWordsBytes = 16;

    /// <summary>The bytes of a row of last words before its outcomes.</summary>
    public const int LastRowBytes = 24;

    /// <summary>Every packet that was processed has its outcome.</summary>
    public const uint Settled = 1;

    /// <summary>A bundle's last packets are in this section.</summary>
    public const uint LastSection = 1;

    /// <summary>Flags that hold in the sender's pages alone, and are not sent.</summary>
    public const PacketFlags LocalFlags = PacketFlags.SharedPage | PacketFlags.InBlock;

    /// <summary>What can become of a packet: it is delivered, or dropped for one reason.</summary>
    public static readonly int Outcomes = 1 + Enum.GetValues<DropReason>().Length;

    /// <summary>The longest frame of last words: every instance has a row with every outcome.</summary>
    public static readonly int MostLastWordsBytes =
        HeaderBytes + LastWordsBytes + (MostInstances * (LastRowBytes + (Outcomes * OutcomeBytes)));

    /// <summary>The credit that packets take: their entries and the bytes that are carried.</summary>
    public static long Charge(int packets, long bytes) => ((long)packets * EntryBytes) + bytes;
}
