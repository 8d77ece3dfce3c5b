using CsCheck;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;

namespace Pipeline.Nic.Tests.Rules;

/// <summary>
/// Rules and packets that have a fair chance to meet: small offsets, masks of few bits, packets that begin like real ones and are cut
/// anywhere.
/// </summary>
internal static class RandomRules
{
    private static readonly Gen<int> Width = Gen.OneOf(1, 2, 4, 6, 8);

    private static readonly Gen<int> Offset = Gen.Frequency((20, Gen.Int[0, 60]), (1, Gen.Int[0, 2000]), (1, Gen.OneOf(int.MaxValue, int.MaxValue - 1)));

    private static readonly Gen<AddressStep> Step =
        from offset in Offset
        from width in Width
        from mask in Gen.Frequency((5, Gen.OneOf(0x0ful, 0xf0ul, 0xfful, 3ul, 0ul)), (1, Gen.ULong))
        from shift in Gen.Frequency((5, Gen.Int[-4, 4]), (1, Gen.Int[-63, 63]))
        select new AddressStep(offset, width, Fit(mask, width), shift);

    private static readonly Gen<FieldAddress> Address =
        from fieldBase in Gen.OneOf(FieldBase.L2, FieldBase.L2, FieldBase.L3, FieldBase.L4)
        from steps in Gen.Frequency((3, Step.List[0, 0]), (1, Step.List[1, 3]))
        from offset in Offset
        select new FieldAddress(fieldBase, steps, offset);

    private static readonly Gen<Term> Term =
        from address in Address
        from width in Width
        from mask in Gen.Frequency((5, Gen.OneOf(1ul, 2ul, 0x10ul, 0x100ul, 0ul)), (1, Gen.ULong))
        from value in Gen.ULong
        from outside in Gen.Frequency((20, Gen.Const(false)), (1, Gen.Const(true)))
        select new Term(address, width, Fit(mask, width), outside ? Fit(value, width) : Fit(value & mask, width));

    private static Gen<TermRule> Rule =>
        from terms in Term.List[1, 3]
        from mark in Gen.UInt
        from mask in Gen.OneOf(Gen.Const(uint.MaxValue), Gen.UInt)
        from goesOn in Gen.Bool
        select new TermRule("", terms, mark, mask, goesOn, default(TextSpan));

    public static Gen<MarkRule[]> Set { get; } = Rule.Array[0, 12].Select(rules => rules.Select((r, i) => (MarkRule)(r with { Name = $"r{i}" })).ToArray());

    /// <summary>
    /// Up to 200 rules that look at the same few bits, so that tuples have many keys, keys have many rules, and tuples interleave.
    /// </summary>
    public static Gen<MarkRule[]> CrowdedSet { get; } =
        from tuples in Term.List[1, 3].Array[1, 6]
        from picks in Gen.Select(Gen.Int[0, 5], Gen.ULong, Gen.UInt, Gen.Frequency((4, Gen.Const(false)), (1, Gen.Const(true)))).Array[1, 200]
        select picks.Select((p, i) => (MarkRule)new TermRule($"r{i}", WithValues(tuples[p.Item1 % tuples.Length], p.Item2), p.Item3, i % 3 == 0 ? 0xffu : uint.MaxValue, p.Item4, default)).ToArray();

    /// <summary>Rules of up to 40 terms, read off the packets, so that they match unless a packet is changed.</summary>
    public static Gen<(MarkRule[] Rules, byte[][] Packets)> SetThatFitsPackets { get; } =
        from packets in Gen.Byte.Array[20, 90].Array[1, 4]
        from shapes in Gen.Select(Gen.Int[0, 3], Gen.Select(Gen.Int[0, 80], Width, Gen.ULong).List[1, 40], Gen.Bool).Array[1, 20]
        select (shapes.Select((s, i) => (MarkRule)new TermRule($"r{i}", [.. s.Item2.Select(t => TermOf(packets[s.Item1 % packets.Length], t))], (uint)i, uint.MaxValue, s.Item3, default)).ToArray(), packets);

    /// <summary>Ethernet, often with IP, cut anywhere.</summary>
    public static Gen<byte[]> Packet { get; } =
        from bytes in Gen.Frequency((3, Gen.Byte[0, 255].Array[0, 90]), (1, Gen.OneOf((byte)0, (byte)255).Array[0, 90]))
        from start in Gen.OneOf("", "00000000000000000000000008004500", "0000000000000000000000008100000108004600", "00000000000000000000000086dd6000000000082c40")
        from cut in Gen.Int[0, 110]
        select Cut([.. Convert.FromHexString(start), .. bytes], cut);

    /// <summary>Rules with filters put in among them.</summary>
    public static MarkRule[] With(MarkRule[] rules, (string Expression, int At, bool Continue)[] filters)
    {
        var all = rules.ToList();
        foreach (var (expression, at, goesOn) in filters) all.Insert(at % (all.Count + 1), new FilterRule("f", expression, default, 0x80, 0xf0, goesOn, default));
        return [.. all];
    }

    private static List<Term> WithValues(List<Term> terms, ulong random) => [.. terms.Select(t => t with { Value = random & t.Mask })];

    private static Term TermOf(byte[] packet, (int At, int Width, ulong Mask) shape)
    {
        var at = Math.Min(shape.At, packet.Length - shape.Width);
        var value = 0ul;
        for (var i = 0; i < shape.Width; i++) value = (value << 8) | packet[at + i];
        var mask = Fit(shape.Mask, shape.Width);
        return new Term(new FieldAddress(FieldBase.L2, [], at), shape.Width, mask, value & mask);
    }

    private static byte[] Cut(byte[] bytes, int length) => bytes[..Math.Min(length, bytes.Length)];

    private static ulong Fit(ulong value, int width) => width == 8 ? value : value & ((1ul << (8 * width)) - 1);
}
