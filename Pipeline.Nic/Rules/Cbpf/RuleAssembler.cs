using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Rules.Cbpf;

/// <summary>Rules as classic BPF programs for Ethernet that the kernel accepts.</summary>
internal static class RuleAssembler
{
    /// <summary>The most instructions of a program (BPF_MAXINSNS, linux/bpf_common.h).</summary>
    public const int MostInstructions = 4096;

    /// <summary>The value that tcpdump's programs return for a match.</summary>
    private const uint Match = 262144;

    private const uint MarkWord = 15;

    /// <summary>A program that returns 0 where the rule does not match.</summary>
    /// <exception cref="NotExpressibleException">There is no such program.</exception>
    /// <exception cref="NeverMatchesException">It would always return 0.</exception>
    /// <exception cref="FilterException">libpcap rejects the filter, or is not installed.</exception>
    public static CbpfProgram Of(MarkRule rule)
    {
        if (rule is FilterRule filter)
        {
            var program = FilterCompiler.Compile(filter.Expression, LinkType.Ethernet);
            InlinedFilter.CheckForKernel(program);
            return Bounded(program);
        }

        var code = new CbpfAssembler();
        var fail = code.NewLabel();
        EmitSearch(code, [rule]);
        EmitCondition(code, rule, fail);
        code.Emit(CbpfOpcode.RetK, Match);
        code.Place(fail);
        code.Emit(CbpfOpcode.RetK);
        return Checked(code);
    }

    /// <summary>One program that returns the mark that all of the rules together give a packet; 0 for none.</summary>
    /// <param name="rules">Rules for which <see cref="Of(MarkRule)"/> has a program.</param>
    /// <exception cref="NotExpressibleException">There is no such program, or it is too long.</exception>
    public static CbpfProgram Of(IReadOnlyList<MarkRule> rules)
    {
        var code = new CbpfAssembler();
        var end = code.NewLabel();
        code.Emit(CbpfOpcode.LdImm);
        code.Emit(CbpfOpcode.St, MarkWord);
        EmitSearch(code, rules);
        foreach (var rule in rules) EmitRule(code, rule, end);
        code.Place(end);
        code.Emit(CbpfOpcode.LdMem, MarkWord);
        code.Emit(CbpfOpcode.RetA);
        return Checked(code);
    }

    private static void EmitRule(CbpfAssembler code, MarkRule rule, int end)
    {
        var next = code.NewLabel();
        EmitCondition(code, rule, next);
        code.Emit(CbpfOpcode.LdMem, MarkWord);
        code.Emit(CbpfOpcode.AndK, ~rule.MarkMask);
        code.Emit(CbpfOpcode.OrK, rule.Mark & rule.MarkMask);
        code.Emit(CbpfOpcode.St, MarkWord);
        if (!rule.Continue) code.Jump(end);
        code.Place(next);
    }

    private static void EmitSearch(CbpfAssembler code, IReadOnlyList<MarkRule> rules)
    {
        var terms = rules.OfType<TermRule>().ToList();
        var l4 = terms.Where(r => r.Terms.Any(t => t.Address.Base == FieldBase.L4)).ToList();
        if (l4.Count > 0 || terms.Any(r => r.Terms.Any(t => t.Address.Base == FieldBase.L3)))
            new HeaderSearch(code).Emit(l4.Count > 0, ipv6: !l4.All(r => r.Terms.Any(SaysIPv4)));
    }

    /// <summary>Whether no packet with an IPv6 header can match a term, so that l4 need not be searched for after one.</summary>
    private static bool SaysIPv4(Term term) => term switch
    {
        { Address: { Base: FieldBase.L3, Steps.Count: 0, Offset: 0 }, Width: 1 } =>
            (term.Mask & 0xf0) == 0xf0 && (term.Value & 0xf0) != 0x60,
        { Address: { IsConstant: true, Offset: 12 }, Width: 2, Mask: 0xffff } => term.Value == EtherType.IPv4,
        _ => false,
    };

    private static void EmitCondition(CbpfAssembler code, MarkRule rule, int fail)
    {
        if (rule is TermRule terms) new TermEmitter(code, fail).Emit(terms.Terms);
        else new InlinedFilter(code, fail).Emit(FilterCompiler.Compile(((FilterRule)rule).Expression, LinkType.Ethernet));
    }

    private static CbpfProgram Checked(CbpfAssembler code) =>
        Bounded(CbpfProgram.Check(code.Assemble(), out var fault)
            ?? throw new InvalidOperationException($"The program made is not valid: {fault}."));

    private static CbpfProgram Bounded(CbpfProgram program) => program.Length <= MostInstructions ? program
        : throw new NotExpressibleException($"its program has {program.Length} instructions; the kernel takes {MostInstructions}");
}
