using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Tests.Links;

/// <summary>All that a packet is, as a text that can be compared with another's.</summary>
internal static class SeenPacket
{
    /// <param name="most">The bytes of each packet that are looked at.</param>
    public static IEnumerable<string> In(PageBundle bundle, int most = int.MaxValue)
    {
        var seen = new List<string>();
        foreach (ref readonly var packet in bundle.Packets)
        {
            var bytes = bundle.BytesOf(packet);
            bytes = bytes[..Math.Min(bytes.Length, most)];
            seen.Add($"{packet.TimestampNanoseconds} {packet.WireLength} {packet.Mark} {packet.FlowHash} {packet.Rule} {packet.Flags} {bundle.Generation} "
                + $"{bundle.Interface.Index} {bundle.Interface.Name} {bundle.Interface.LinkType} {bundle.Interface.SnapLength} {bundle.Interface.FcsBytes} "
                + $"{bundle.Interface.IsBigEndian} {bytes.Length}:{System.IO.Hashing.XxHash3.HashToUInt64(bytes)}");
        }

        return seen;
    }
}
