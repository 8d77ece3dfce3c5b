
namespace Pipeline.Nic.Rules.Planning;

/// <summary>
/// A rule's terms in a form that is common to all rules that read the same bits: the bits by place (<see cref="RuleTuple"/>), and their
/// values (<see cref="TupleKey"/>). Terms that overlap or are adjacent become one load of up to 8 bytes.
/// </summary>
internal sealed class TermPattern
{
    private readonly List<TuplePlace> _places = [];
    private readonly List<ulong> _values = [];
    private bool _contradicts;

    private TermPattern(IReadOnlyList<Term> terms)
    {
        foreach (var place in terms.GroupBy(t => BaseOf(t.Address)).OrderBy(g => g.Key, StringComparer.Ordinal)) Add([.. place]);
    }

    /// <returns>False when no packet can match: a value has bits outside its mask, or two terms contradict each other.</returns>
    public static bool TryRead(IReadOnlyList<Term> terms, out RuleTuple tuple, out TupleKey key)
    {
        var pattern = new TermPattern(terms);
        tuple = new RuleTuple(pattern._places);
        key = tuple.KeyOf(pattern._values);
        return !pattern._contradicts && terms.All(t => t.CanMatch);
    }

    private static string BaseOf(FieldAddress address) => address.IsConstant ? "" : (address with { Offset = 0 }).ToString();

    private void Add(Term[] terms)
    {
        var end = terms.Max(t => (long)t.Address.Offset + t.Width);
        var bytes = Merged([.. terms.SelectMany(BytesOf).OrderBy(b => b.At)]);
        List<TupleField> fields = [];
        for (var at = 0; at < bytes.Count;) at = AddField(bytes, at, end, fields);
        _places.Add(new TuplePlace(terms[0].Address with { Offset = 0 }, end, fields));
    }

    /// <summary>The bytes a term compares, without those with a mask of 0.</summary>
    private static IEnumerable<ComparedByte> BytesOf(Term term)
    {
        for (var i = 0; i < term.Width; i++)
        {
            var shift = 8 * (term.Width - 1 - i);
            var mask = (byte)(term.Mask >> shift);
            if (mask != 0) yield return new ComparedByte((long)term.Address.Offset + i, mask, (byte)((term.Value >> shift) & mask));
        }
    }

    private List<ComparedByte> Merged(ComparedByte[] bytes)
    {
        List<ComparedByte> merged = [];
        foreach (var b in bytes)
        {
            if (merged.Count == 0 || merged[^1].At != b.At)
            {
                merged.Add(b);
                continue;
            }

            var other = merged[^1];
            _contradicts |= ((b.Value ^ other.Value) & b.Mask & other.Mask) != 0;
            merged[^1] = new ComparedByte(b.At, (byte)(b.Mask | other.Mask), (byte)(b.Value | other.Value));
        }

        return merged;
    }

    /// <summary>
    /// Makes a field of as many bytes as one load can take. It can begin before the first of them, but never reads beyond the end.
    /// </summary>
    /// <returns>The first byte after it.</returns>
    private int AddField(List<ComparedByte> bytes, int at, long end, List<TupleField> fields)
    {
        for (var width = 8; ; width /= 2)
        {
            var first = bytes[at].At;
            var next = at + 1;
            while (next < bytes.Count && bytes[next].At < first + width) next++;
            var span = bytes[next - 1].At + 1 - first;
            if (width > 1 && span <= width / 2) continue;
            var start = first + width <= end ? first : first + span - width;
            if (start < 0) continue;
            Add(bytes.GetRange(at, next - at), start, width, fields);
            return next;
        }
    }

    private void Add(List<ComparedByte> bytes, long start, int width, List<TupleField> fields)
    {
        var (mask, value) = (0ul, 0ul);
        foreach (var b in bytes)
        {
            var shift = 8 * (int)(start + width - 1 - b.At);
            mask |= (ulong)b.Mask << shift;
            value |= (ulong)b.Value << shift;
        }

        fields.Add(new TupleField(start, width, mask));
        _values.Add(value);
    }

    private sealed record ComparedByte(long At, byte Mask, byte Value);
}
