using Pipeline.Nic.Rules.Cbpf;
using Pipeline.Nic.Rules.Compiled;

namespace Pipeline.Nic.Rules.Ebpf;

/// <summary>Instructions that questions take at the most, as <see cref="XdpTupleEmitter"/> and <see cref="XdpFilterEmitter"/> emit them.</summary>
internal static class XdpCost
{
    /// <summary>
    /// For all questions together. Less than a jump can skip, and few enough that the verifier can put off what it has not looked at yet:
    /// 8192 branches (BPF_COMPLEXITY_LIMIT_JMP_SEQ, kernel/bpf/verifier.c), of which every third instruction may be one.
    /// </summary>
    public const int Most = 22_000;

    /// <summary>A search's start and end, or what is done about a rule that says <c>continue</c>: marks written, hits counted.</summary>
    private const int Outcome = 44;

    private const int Place = 12;
    private const int Step = 24;
    private const int Field = 7;

    /// <summary>A rule noted, and the jump behind it.</summary>
    private const int Found = 11;

    /// <summary>A tuple with its first key.</summary>
    public static int Of(RuleTuple tuple) =>
        Outcome + tuple.Places.Sum(p => Place + (Step * p.Address.Steps.Count)) + (Field * tuple.Fields.Count) + OfKey(tuple);

    /// <summary>One more key that is compared.</summary>
    public static int OfKey(RuleTuple tuple) => Found + (4 * (tuple.IsWide ? tuple.Fields.Count : tuple.Words.Count));

    public static int Of(CbpfProgram filter) => Outcome + Found + CbpfProgram.MemoryWords + (10 * filter.Length);
}
