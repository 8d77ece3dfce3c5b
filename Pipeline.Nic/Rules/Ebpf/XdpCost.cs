using Pipeline.Nic.Rules.Planning;

namespace Pipeline.Nic.Rules.Ebpf;

/// <summary>Instructions that the parts of a program take, never less than they do.</summary>
internal static class XdpCost
{
    /// <summary>
    /// For all questions together. Less than a jump can skip, and few enough that the verifier can put off what it has not looked at yet:
    /// 8192 branches (BPF_COMPLEXITY_LIMIT_JMP_SEQ, kernel/bpf/verifier.c).
    /// </summary>
    public const int Most = 28_000;

    /// <summary>What is done about a rule that was found, and what a stretch of rules begins with.</summary>
    public const int Stretch = 44;

    /// <summary>Whether a question is asked at all.</summary>
    private const int Skip = 2;

    /// <summary>A rule noted, and the jump behind it.</summary>
    private const int Found = 10;

    /// <summary>A question with those of its rules that are there: it is emitted for nothing, and counted.</summary>
    public static int Of(Probe probe, XdpRules rules)
    {
        var code = new EbpfAssembler();
        new XdpSearchEmitter(new XdpPacket(code), rules, new XdpSieves([]), [], counters: 0)
            .EmitQuestion(probe, code.NewLabel(), code.NewLabel());
        return Skip + code.Length;
    }

    /// <summary>One more key that is compared.</summary>
    public static int OfKey(RuleTuple tuple) => Found + (4 * tuple.Words.Count);
}
