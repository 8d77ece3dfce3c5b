using System.Runtime.CompilerServices;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Links;

/// <summary>
/// Checks the shape of a section before anything is made of it: whether its numbers are in range and agree with each other.
/// </summary>
internal static unsafe class SectionCheck
{
    /// <summary>Bytes of a section that was checked.</summary>
    public static int LengthOf(in SectionHeader section) =>
        LinkLayout.SectionBytes + (section.Packets * LinkLayout.EntryBytes) + section.Bytes;

    /// <param name="at">Its first byte, at any address.</param>
    /// <param name="room">Bytes up to the end of the frame.</param>
    public static LinkRefusal Check(byte* at, int room, out SectionHeader section)
    {
        section = default;
        if (room < LinkLayout.SectionBytes) return LinkRefusal.Items;
        section = Unsafe.ReadUnaligned<SectionHeader>(at);
        room -= LinkLayout.SectionBytes;
        if ((uint)section.Instance >= LinkLayout.MostInstances) return LinkRefusal.Instance;
        if ((uint)section.Interface >= LinkLayout.MostInterfaces) return LinkRefusal.Interface;
        if (section.Generation < 0 || section.Flags > LinkLayout.LastSection) return LinkRefusal.Reserved;
        if (section.Packets < 1 || section.Packets > room / LinkLayout.EntryBytes) return LinkRefusal.Length;
        if (section.Bytes < 0 || section.Bytes > room - (section.Packets * LinkLayout.EntryBytes)) return LinkRefusal.Length;
        return AreRight(at + LinkLayout.SectionBytes, section.Packets, section.Bytes) ? LinkRefusal.None : LinkRefusal.Packet;
    }

    private static bool AreRight(byte* table, int packets, int bytes)
    {
        var sum = 0L;
        for (var i = 0; i < packets; i++, table += LinkLayout.EntryBytes)
        {
            var packet = Unsafe.ReadUnaligned<Packet>(table);
            if (packet.Offset != 0 || (uint)packet.CapturedLength > LinkLayout.MostPacketBytes || packet.Has(LinkLayout.LocalFlags))
                return false;
            sum += packet.CapturedLength;
        }

        return sum == bytes;
    }
}
