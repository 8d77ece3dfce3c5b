using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Text;
using Pipeline.Nic.Rules.Cbpf;

namespace Pipeline.Nic.Rules.Compiled;

/// <summary>
/// Compiles rules to methods of bounded size, because the just-in-time compiler takes time that grows faster than the method. Dynamic
/// methods are optimised at once, and collected with the delegate.
/// </summary>
internal static class RuleCompiler
{
    /// <summary>Bytes of IL after which a method ends and the next begins.</summary>
    private const int ChunkBytes = 4 << 10;

    /// <summary>Rules that share one load of a field at the most, so that a method stays of bounded size.</summary>
    private const int LargestGroup = 64;

    /// <summary>What the methods are bound to; a delegate with a target calls faster than one without.</summary>
    private static readonly object Target = new();

    /// <summary>Compiles the first <paramref name="count"/> rules.</summary>
    /// <param name="filters">A program for each filter rule that can match.</param>
    /// <param name="ilBytes">Bytes of IL emitted.</param>
    public static List<RuleChunk> Compile(IReadOnlyList<MarkRule> rules, int count, IReadOnlyList<CbpfProgram?> filters, out int ilBytes)
    {
        List<RuleChunk> chunks = [];
        ilBytes = 0;
        for (var at = 0; at < count;)
        {
            var method = NewMethod("rules_from_" + (at + 1));
            at = EmitChunk(new IlBody(method.GetILGenerator()), rules, filters, at, count);
            ilBytes += method.GetILGenerator().ILOffset;
            chunks.Add(Finish(method));
        }

        return chunks;
    }

    /// <summary>A method that returns whether a filter matches, and writes nothing.</summary>
    public static RuleChunk Compile(CbpfProgram filter)
    {
        var method = NewMethod("filter");
        var il = new IlBody(method.GetILGenerator());
        var (match, fail) = (il.Label("match"), il.Label("fail"));
        new CbpfEmitter(new PacketEmitter(il)).Emit(filter, match, fail);
        EmitReturn(il, match, 1);
        EmitReturn(il, fail, 0);
        return Finish(method);
    }

    /// <summary>Runs a method made by <see cref="Compile(CbpfProgram)"/>.</summary>
    public static unsafe bool Matches(RuleChunk filter, ReadOnlySpan<byte> bytes, uint wireLength)
    {
        var state = default(MarkState);
        fixed (byte* first = bytes) return filter(ref state, first, bytes.Length, wireLength, ref Unsafe.NullRef<long>()) != 0;
    }

    /// <summary>What would be emitted for one rule, for people to read.</summary>
    public static string ListingOf(MarkRule rule, CbpfProgram? filter)
    {
        var listing = new StringBuilder();
        EmitChunk(new IlBody(NewMethod("listing").GetILGenerator(), listing), [rule], [filter], 0, 1);
        return listing.ToString();
    }

    /// <summary>Whether a rule asks where headers are, which costs time for each packet.</summary>
    public static bool UsesHeaders(MarkRule rule) => rule is TermRule terms && terms.Terms.Any(t => t.Address.Base != FieldBase.L2);

    private static int EmitChunk(IlBody il, IReadOnlyList<MarkRule> rules, IReadOnlyList<CbpfProgram?> filters, int from, int count)
    {
        var emitter = new RuleEmitter(new PacketEmitter(il));
        var at = from;
        while (at < count && il.Size < ChunkBytes)
        {
            var group = GroupAt(rules, at, count);
            if (group.Length > 1) emitter.EmitGroup(group, at + 1);
            else emitter.Emit(rules[at], at + 1, filters[at]);
            at += group.Length;
        }

        emitter.EmitEnd();
        return at;
    }

    /// <summary>The rules from a place on that compare the same field with different values; the one rule, where there are no more.</summary>
    private static MarkRule[] GroupAt(IReadOnlyList<MarkRule> rules, int at, int count)
    {
        var end = at + 1;
        if (TermEmitter.ComparesOneField(rules[at], out var first))
        {
            while (end < Math.Min(count, at + LargestGroup) && TermEmitter.ComparesOneField(rules[end], out var term) && IsSameField(first, term)) end++;
        }

        return [.. Enumerable.Range(at, end - at).Select(i => rules[i])];
    }

    private static bool IsSameField(Term one, Term other) =>
        one.Address.Offset == other.Address.Offset && one.Width == other.Width && one.Mask == other.Mask;

    private static void EmitReturn(IlBody il, Label label, int value)
    {
        il.Mark(label);
        il.Emit(OpCodes.Ldc_I4, value);
        il.Emit(OpCodes.Ret);
    }

    /// <summary>Compiles to machine code now, rather than when the first packet waits for it.</summary>
    private static RuleChunk Finish(DynamicMethod method)
    {
        var chunk = method.CreateDelegate<RuleChunk>(Target);
        RuntimeHelpers.PrepareDelegate(chunk);
        return chunk;
    }

    private static DynamicMethod NewMethod(string name) =>
        new(name, typeof(int), PacketEmitter.Parameters, typeof(RuleCompiler).Module, skipVisibility: true);
}
