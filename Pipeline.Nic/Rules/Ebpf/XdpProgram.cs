using Pipeline.Nic.Headers;
using Pipeline.Nic.Rules.Guards;
using Pipeline.Nic.Rules.Planning;

namespace Pipeline.Nic.Rules.Ebpf;

/// <summary>A rule set as a program for the kernel's XDP hook, not loaded yet. Immutable.</summary>
public sealed class XdpProgram
{
    private readonly EbpfInstruction[] _instructions;
    private readonly IReadOnlyDictionary<int, string> _comments;

    internal XdpProgram(
        EbpfAssembler code, IReadOnlyList<EbpfMap> maps, RuleSet source, IReadOnlyList<Guard> guards, XdpPlan plan, XdpTraits traits)
    {
        _instructions = code.Assemble();
        _comments = code.Comments;
        Maps = maps;
        Source = source;
        Guards = guards;
        Plan = plan;
        Traits = traits;
    }

    /// <summary>
    /// Compiles as many of the rules, from the first on, as the hook can run. Packets it cannot decide are taken for software.
    /// </summary>
    /// <param name="guards">Guards that come before the rules, unless the rules lift them. Packets they match stay with the kernel.</param>
    /// <param name="verdicts">The verdicts on packets by mark.</param>
    /// <param name="traits">What else it does.</param>
    /// <exception cref="XdpException">A program has no room for the guards alone.</exception>
    public static XdpProgram Compile(
        RuleSet rules, IReadOnlyList<Guard> guards, IReadOnlyList<MarkVerdict> verdicts, XdpTraits traits = default) =>
        XdpCompiler.Compile(
            rules, FilterSet.Compile(rules.Rules, LinkType.Ethernet), KeepOutGuards.InForce(guards, rules), verdicts, traits);

    /// <summary>The rules it was compiled from.</summary>
    public RuleSet Source { get; }

    /// <summary>The guards before them.</summary>
    public IReadOnlyList<Guard> Guards { get; }

    /// <summary>What it does besides; it makes no copies where no verdict wants any.</summary>
    public XdpTraits Traits { get; }

    /// <summary>How many of the rules, from the first on, it runs.</summary>
    public int Rules => Plan.Rules;

    /// <summary>The rules left to software, in order, each with the reason.</summary>
    public IReadOnlyList<RefusedRule> Refused => Plan.Refused;

    /// <summary>Instructions, of 8 bytes each; one that loads 64 bits counts as two, as the kernel counts.</summary>
    public int Length => _instructions.Length;

    internal ReadOnlySpan<EbpfInstruction> Instructions => _instructions;

    internal IReadOnlyList<EbpfMap> Maps { get; }

    internal XdpPlan Plan { get; }

    /// <summary>How many verdicts it was compiled with. Each can be lifted while it runs.</summary>
    internal int Verdicts => Maps[XdpCompiler.VerdictsMap].ValueBytes / sizeof(uint);

    /// <summary>The program, for people: its maps and its instructions, as <c>bpftool prog dump xlated</c> prints them.</summary>
    public string Describe()
    {
        var maps = string.Concat(
            Maps.Select(m => $"map {m.Name}: {m.Type}, key {m.KeyBytes} bytes, value {m.ValueBytes} bytes, {m.MostEntries} entries\n"));
        var refused = string.Concat(Refused.Select(r => $"left to software: {r.Rule.Name}: {r.Reason}\n"));
        var guards = Guards.Count > 0 ? $"guards {string.Join(", ", Guards.Select(g => g.Name))}; " : "";
        return $"{guards}{Rules} of {Source.Rules.Count} rules, {Length} instructions, {Maps.Count} maps\n{refused}{maps}"
            + $"{EbpfListing.Of(_instructions, _comments, [.. Maps.Select(m => m.Name)])}";
    }
}
