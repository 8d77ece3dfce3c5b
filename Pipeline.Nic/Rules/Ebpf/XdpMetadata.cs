using System.Runtime.InteropServices;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Rules.Ebpf;

/// <summary>
/// The metadata that our XDP program writes before a packet that it takes, so that the packet's bytes need not be read again. It is 16
/// bytes that end where the packet begins, in this machine's byte order.
/// </summary>
/// <param name="Mark">The packet's mark after the rules that were tried.</param>
/// <param name="Generation">The generation of the rules.</param>
/// <param name="RuleAndSeveral">The last rule that matched, 1-based, 0 for none; in the highest bit, whether several did.</param>
/// <param name="RulesTried">
/// How many rules, from the first on, were tried. If none of them matched, software continues after them.
/// </param>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public readonly record struct XdpMetadata(uint Mark, uint Generation, uint RuleAndSeveral, uint RulesTried)
{
    /// <summary>Bytes before the packet.</summary>
    public const int Bytes = 16;

    internal const int MarkAt = 0;
    internal const int GenerationAt = 4;
    internal const int RuleAt = 8;
    internal const int TriedAt = 12;
    internal const int SeveralBit = 31;

    /// <summary>The last rule that matched, 1-based; 0 for none.</summary>
    public int Rule => (int)(RuleAndSeveral & ((1u << SeveralBit) - 1));

    /// <summary>Whether more than one rule matched, as <see cref="PacketFlags.SeveralRules"/> says of a descriptor.</summary>
    public bool HasSeveralRules => RuleAndSeveral >> SeveralBit != 0;

    /// <summary>
    /// Marks a descriptor as the program did. A packet that no rule has decided is left for software, which continues after
    /// <see cref="RulesTried"/> rules (<see cref="MarkTable.GoOnBehind"/>). A packet that several rules matched is left too, because
    /// software counts each of them.
    /// </summary>
    /// <param name="rules">How many rules the generation has.</param>
    public void WriteTo(ref Packet packet, int rules)
    {
        if (HasSeveralRules || (Rule == 0 && RulesTried < rules)) return;
        packet.Mark = Mark;
        packet.Rule = Rule;
        packet.Flags |= PacketFlags.MarkedByDevice;
    }

    /// <summary>Reads the metadata before a packet, without a check.</summary>
    internal static unsafe XdpMetadata Before(byte* packet) => *(XdpMetadata*)(packet - Bytes);

    /// <summary>Reads the metadata. The program must have written it: this cannot tell other bytes from metadata.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are fewer than 16 bytes.</exception>
    /// <param name="bytes">The 16 bytes before the packet.</param>
    public static XdpMetadata Read(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<XdpMetadata>(bytes[..Bytes]);
}
