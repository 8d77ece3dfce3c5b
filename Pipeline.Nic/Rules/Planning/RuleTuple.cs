using System.Buffers.Binary;

namespace Pipeline.Nic.Rules.Planning;

/// <summary>
/// The bits that a rule reads, without their values. Rules of one tuple differ only in values, so one look-up in a table tells which of
/// them matches: tuple space search (V. Srinivasan, S. Suri, G. Varghese, "Packet Classification Using Tuple Space Search", SIGCOMM 1999).
/// </summary>
internal sealed class RuleTuple
{
    /// <summary>The most words of a key that is held in registers and looked up in a table.</summary>
    private const int MostWords = 4;

    public RuleTuple(IReadOnlyList<TuplePlace> places)
    {
        Places = places;
        Signature = string.Join(' ', places);
        Fields = [.. places.SelectMany(p => p.Fields)];
        Words = Layout(Fields);
    }

    public IReadOnlyList<TuplePlace> Places { get; }

    /// <summary>The fields of all places, in order.</summary>
    public IReadOnlyList<TupleField> Fields { get; }

    /// <summary>Equal for rules that read the same bits and need the same bytes to be there.</summary>
    public string Signature { get; }

    /// <summary>The key: words of up to 64 bits.</summary>
    public IReadOnlyList<KeyWord> Words { get; }

    /// <summary>Whether the key is one word of 32 bits.</summary>
    public bool IsNarrow => Words.Count == 1 && Fields.Sum(f => f.Width) <= 4;

    /// <summary>Whether its key is too long to be looked up.</summary>
    public bool IsWide => Words.Count > MostWords;

    public bool UsesHeaders => Places.Any(p => p.Address.Base != FieldBase.L2);

    public bool UsesProtocol => Places.Any(p => p.Address.Base is FieldBase.Protocol or FieldBase.Later);

    /// <summary>Roughly how much code it takes: loads and steps.</summary>
    public int Cost => 2 + Fields.Count + Places.Sum(p => 1 + p.Address.Steps.Count);

    /// <summary>A field's mask or value as this machine loads it.</summary>
    public static ulong Native(TupleField field, ulong bigEndian) =>
        BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(bigEndian) >> (64 - (8 * field.Width)) : bigEndian;

    /// <param name="values">For each field, big-endian.</param>
    public TupleKey KeyOf(IReadOnlyList<ulong> values)
    {
        Span<ulong> words = Words.Count <= MostWords ? stackalloc ulong[Words.Count] : new ulong[Words.Count];
        for (var word = 0; word < words.Length; word++)
        {
            var shift = 0;
            for (var field = Words[word].First; field < Words[word].End; shift += 8 * Fields[field++].Width)
                words[word] |= Native(Fields[field], values[field]) << shift;
        }

        return new TupleKey(words);
    }

    private static List<KeyWord> Layout(IReadOnlyList<TupleField> fields)
    {
        List<KeyWord> words = [];
        for (var from = 0; from < fields.Count;)
        {
            var (to, bytes) = (from, 0);
            while (to < fields.Count && bytes + fields[to].Width <= sizeof(ulong)) bytes += fields[to++].Width;
            words.Add(new KeyWord(from, to));
            from = to;
        }

        return words;
    }

    /// <param name="First">The first of its fields, which has the lowest bits.</param>
    /// <param name="End">The field after its last.</param>
    public sealed record KeyWord(int First, int End);
}
