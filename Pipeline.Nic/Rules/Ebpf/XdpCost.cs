using Pipeline.Nic.Rules.Planning;

namespace Pipeline.Nic.Rules.Ebpf;

/// <summary>Upper bounds of the instructions that the parts of a program take.</summary>
internal static class XdpCost
{
    /// <summary>
    /// The most instructions for all questions together. A jump can skip that many, and they are few enough for the branches that the
    /// verifier can put off: 8192 (BPF_COMPLEXITY_LIMIT_JMP_SEQ, kernel/bpf/verifier.c).
    /// </summary>
    public const int Most = 28_000;

    /// <summary>The beginning of a stretch of rules, and the application of a rule that was found.</summary>
    public const int Stretch = 44;

    /// <summary>The list of rules that matched, where several can.</summary>
    public const int Hits = 16;

    /// <summary>The check whether a question is asked at all.</summary>
    private const int Skip = 2;

    /// <summary>The noting of a rule, and the jump after it.</summary>
    private const int Found = 10;

    /// <summary>A question with its rules so far. It is emitted only to be counted.</summary>
    public static int Of(Probe probe, XdpRules rules)
    {
        var code = new EbpfAssembler();
        new XdpSearchEmitter(new XdpPacket(code), rules, new XdpSieves([]), [])
            .EmitQuestion(probe, code.NewLabel(), code.NewLabel());
        return Skip + code.Length;
    }

    /// <summary>One more key that is compared.</summary>
    public static int OfKey(RuleTuple tuple) => Found + (4 * tuple.Words.Count);
}
