using System.Buffers.Binary;
using System.Text;

namespace Pipeline.Host.Benching;

/// <summary>
/// Made-up rules, and packets of which a tenth match one of them. Rules are spread evenly over one or more tuples (sets of bits that are
/// compared): networks of destinations and sources, ports, and combinations.
/// </summary>
internal sealed class BenchRules(int rules, int tuples, ulong seed)
{
    public const int MostTuples = 8;
    public const int PacketBytes = 64;

    private const int ProtocolAt = 23;
    private const int SourceAt = 26;
    private const int DestinationAt = 30;
    private const int SourcePortAt = 34;
    private const int DestinationPortAt = 36;

    /// <summary>One in this number of packets matches.</summary>
    private const int MatchesOneIn = 10;

    private readonly int _perTuple = Math.Max(1, (rules + tuples - 1) / tuples);
    private ulong _state = seed;

    /// <summary>A rule file.</summary>
    public string Text()
    {
        var text = new StringBuilder();
        for (var i = 0; i < rules; i++) text.Append($"rule r{i} match {Terms(i % tuples, i / tuples)} mark {i + 1}\n");
        return text.ToString();
    }

    /// <summary>The next packet: UDP, TCP or ICMP over IPv4, of <see cref="PacketBytes"/>.</summary>
    public void Next(Span<byte> packet)
    {
        packet.Clear();
        ReadOnlySpan<byte> start = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x08, 0x00, 0x45, 0, 0, 50, 0, 0, 0x40, 0, 64];
        start.CopyTo(packet);
        packet[ProtocolAt] = (Random() % 8) switch { < 4 => 17, < 7 => 6, _ => 1 };
        BinaryPrimitives.WriteUInt32BigEndian(packet[SourceAt..], 0x0b00_0000u | ((uint)Random() & 0xff_ffff));
        BinaryPrimitives.WriteUInt32BigEndian(packet[DestinationAt..], 0x0c00_0000u | ((uint)Random() & 0xff_ffff));
        BinaryPrimitives.WriteUInt16BigEndian(packet[SourcePortAt..], (ushort)(32768 | (int)(Random() & 0x3fff)));
        BinaryPrimitives.WriteUInt16BigEndian(packet[DestinationPortAt..], (Random() % 4) switch { 0 => 53, 1 => 443, 2 => 80, _ => 9999 });
        if (rules > 0 && Random() % MatchesOneIn == 0) Match(packet, (int)(Random() % (ulong)rules));
    }

    private static string Terms(int tuple, int value)
    {
        var network = 0x0a00_0000u + ((uint)value << 8);
        return tuple switch
        {
            0 => $"30:ffffff00:{network:x8}",
            1 => $"26:ffffff00:{network:x8}",
            2 => $"30:ffffffff:{network + 1:x8}",
            3 => $"26:ffffffff:{network + 1:x8}",
            4 => $"23:ff:11 30:ffffff00:{network:x8}",
            5 => $"23:ff:06 26:ffffff00:{network:x8}",
            6 => $"26:ffffff00:{network:x8} 36:ffff:0035",
            _ => $"30:ffffff00:{network:x8} 36:ffff:01bb",
        };
    }

    private void Match(Span<byte> packet, int rule)
    {
        var (tuple, value) = (rule % tuples, rule / tuples);
        var at = tuple is 0 or 2 or 4 or 7 ? DestinationAt : SourceAt;
        BinaryPrimitives.WriteUInt32BigEndian(packet[at..], 0x0a00_0001u + ((uint)(value % _perTuple) << 8));
        if (tuple is 4 or 5) packet[ProtocolAt] = tuple == 4 ? (byte)17 : (byte)6;
        if (tuple is 6 or 7) BinaryPrimitives.WriteUInt16BigEndian(packet[DestinationPortAt..], tuple == 6 ? (ushort)53 : (ushort)443);
    }

    /// <summary>SplitMix64 (G. Steele, D. Lea, C. Flood, "Fast Splittable Pseudorandom Number Generators", 2014).</summary>
    private ulong Random()
    {
        var z = _state += 0x9e37_79b9_7f4a_7c15;
        z = (z ^ (z >> 30)) * 0xbf58_476d_1ce4_e5b9;
        z = (z ^ (z >> 27)) * 0x94d0_49bb_1331_11eb;
        return z ^ (z >> 31);
    }
}
