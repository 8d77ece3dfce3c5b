using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Tests.Rules.Ebpf;

/// <summary>The packets of captures of Ethernet that were captured whole and that the kernel takes, with their numbers in the capture.</summary>
internal sealed class WholePackets
{
    /// <summary>From captures with very many packets the first are enough.</summary>
    private const int MostOfOne = 200;

    private readonly Dictionary<string, List<(int Number, byte[] Bytes)>> _known = [];

    public List<(int Number, byte[] Bytes)> Of(string file)
    {
        if (_known.TryGetValue(file, out var packets)) return packets;
        packets = [];
        CapturePackets.Visit(file, (bundle, first) =>
        {
            if (bundle.Interface.LinkType != LinkType.Ethernet) return;
            for (var i = 0; i < bundle.Count && packets.Count < MostOfOne; i++)
            {
                var packet = bundle.Packets[i];
                var bytes = bundle.BytesOf(packet).ToArray();
                if (packet.WireLength == bytes.Length && KernelRun.Fits(bytes)) packets.Add((first + i, bytes));
            }
        });
        return _known[file] = packets;
    }

    /// <summary>Numbers as the oracle writes them, such as <c>1,3-5</c>; null for an error.</summary>
    public static HashSet<int>? Numbers(string ranges)
    {
        if (ranges.StartsWith("error", StringComparison.Ordinal)) return null;
        HashSet<int> numbers = [];
        foreach (var range in ranges.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var ends = range.Split('-');
            for (var number = int.Parse(ends[0]); number <= int.Parse(ends[^1]); number++) numbers.Add(number);
        }

        return numbers;
    }
}
