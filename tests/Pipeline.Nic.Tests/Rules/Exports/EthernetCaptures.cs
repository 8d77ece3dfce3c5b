using Pipeline.Nic.Headers;
using Pipeline.TestSupport;

namespace Pipeline.Nic.Tests.Rules.Exports;

/// <summary>The packets of the corpus' captures of Ethernet.</summary>
internal static class EthernetCaptures
{
    /// <summary>What fits a page of a test's bundle, and any MTU used here.</summary>
    private const int LongestPacket = 2048;

    /// <summary>From captures with very many packets the first are enough.</summary>
    private const int MostOfOne = 300;

    public static IEnumerable<string> Files() =>
        Corpus.Table("MANIFEST.tsv").Where(r => r.Values.Contains("valid")).Select(r => r["file"]);

    public static List<byte[]> Packets(string file)
    {
        List<byte[]> packets = [];
        CapturePackets.Visit(file, (bundle, _) =>
        {
            if (bundle.Interface.LinkType != LinkType.Ethernet) return;
            foreach (ref readonly var packet in bundle.Packets)
            {
                var bytes = bundle.BytesOf(packet);
                if (packets.Count < MostOfOne && bytes.Length <= LongestPacket) packets.Add(bytes.ToArray());
            }
        });
        return packets;
    }
}
