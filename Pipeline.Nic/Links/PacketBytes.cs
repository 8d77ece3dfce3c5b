using System.Runtime.CompilerServices;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Links;

/// <summary>How many of a packet's bytes are carried.</summary>
internal static class PacketBytes
{
    /// <param name="most">The bytes that the instance needs of a packet.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Carried(in Packet packet, int most) => Math.Min(packet.CapturedLength, Math.Min(most, LinkLayout.MostPacketBytes));

    /// <summary>The credit that a bundle takes.</summary>
    public static long Charge(ReadOnlySpan<Packet> packets, long captured, int most)
    {
        // No packet is longer than all of them together.
        if (captured <= Math.Min(most, LinkLayout.MostPacketBytes)) return LinkLayout.Charge(packets.Length, captured);
        var bytes = 0L;
        foreach (ref readonly var packet in packets) bytes += Carried(packet, most);
        return LinkLayout.Charge(packets.Length, bytes);
    }
}
