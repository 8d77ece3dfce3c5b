using Pipeline.Nic.Rules;

namespace Pipeline.Nic.Devices.Simulated.Marking;

/// <summary>
/// The bytes of a packet that a perfect filter compares, all bits of each: Ethernet type, protocol, addresses and ports, at their places in
/// a packet without tags and options.
/// </summary>
internal sealed class TupleShape
{
    private readonly int[] _places;

    private TupleShape(params IEnumerable<int>[] places) => _places = [.. places.SelectMany(p => p)];

    public static TupleShape[] All { get; } =
    [
        new(Bytes(12, 2), Bytes(23, 1), Bytes(26, 12)), // IPv4
        new(Bytes(12, 3), Bytes(23, 1), Bytes(26, 12)), // IPv4, and a header of 20 bytes asked for
        new(Bytes(12, 2), Bytes(20, 1), Bytes(22, 36)), // IPv6
    ];

    /// <summary>The bytes that a rule's terms compare, if they compare exactly these bytes; otherwise null.</summary>
    public string? KeyOf(IReadOnlyList<Term> terms)
    {
        var asked = new Dictionary<int, byte>();
        foreach (var term in terms)
        {
            for (var i = 0; i < term.Width; i++)
            {
                var shift = 8 * (term.Width - 1 - i);
                var (mask, value) = ((byte)(term.Mask >> shift), (byte)(term.Value >> shift));
                // Bytes that must only be present are present in every packet that is long enough to be compared.
                if (mask == 0 && value == 0 && term.Address.Offset + i <= _places[^1]) continue;
                if (mask != 0xff || !asked.TryAdd(term.Address.Offset + i, value)) return null;
            }
        }

        return asked.Count == _places.Length && _places.All(asked.ContainsKey) ? string.Concat(_places.Select(p => (char)asked[p])) : null;
    }

    /// <summary>A packet's bytes at these places; null when it is too short.</summary>
    public string? KeyOf(ReadOnlySpan<byte> packet)
    {
        if (packet.Length <= _places[^1]) return null;
        Span<char> key = stackalloc char[_places.Length];
        for (var i = 0; i < key.Length; i++) key[i] = (char)packet[_places[i]];
        return new string(key);
    }

    private static IEnumerable<int> Bytes(int first, int count) => Enumerable.Range(first, count);
}
