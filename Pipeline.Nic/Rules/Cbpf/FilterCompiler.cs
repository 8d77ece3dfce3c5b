using Pipeline.Nic.Headers;
using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Rules.Cbpf;

/// <summary>
/// Compiles pcap-filter text to classic BPF with libpcap, the reference for that language. Any thread; one compiles at a time.
/// </summary>
internal static class FilterCompiler
{
    /// <summary>
    /// libpcap's value where a file names no other (MAXIMUM_SNAPLEN). Here it is only the value that an accepting program returns.
    /// </summary>
    private const int SnapLength = 262144;

    /// <inheritdoc cref="FilterEffort.Usual"/>
    public const int LongestExpression = 8192;

    /// <summary>
    /// Loads from here on are beyond every packet. To the kernel they mean its own metadata (SKF_LL_OFF, linux/filter.h). Only the user can
    /// have written them.
    /// </summary>
    private const uint FirstBeyondPackets = 0xffe00000;

    private const string LibpcapMissing =
        "pcap-filter expressions need libpcap; install the package libpcap0.8 (Debian, Ubuntu) or libpcap (Fedora, Arch, Alpine)";

    private static readonly Lock Gate = new();

    /// <exception cref="FilterException">libpcap rejects the expression for this link layer, or is not installed.</exception>
    public static CbpfProgram Compile(string expression, LinkLayer link) => Compile(expression, link, FilterEffort.Usual);

    /// <inheritdoc cref="Compile(string, LinkLayer)"/>
    public static CbpfProgram Compile(string expression, LinkLayer link, FilterEffort effort)
    {
        if (expression.Contains('\0')) throw new FilterException("the expression contains a NUL character");
        if (expression.Length > effort.Longest)
            throw new FilterException(
                $"the expression has {expression.Length} characters; at most {effort.Longest} are compiled in reasonable time");
        var compiled = Ask(expression, link, effort, out var error);
        if (error is not null) throw new FilterException(error);

        var instructions = Array.ConvertAll(compiled, i => WithinPackets(new CbpfInstruction((CbpfOpcode)i.code, i.jt, i.jf, i.k)));
        return CbpfProgram.Check(instructions, out var fault) ?? throw new FilterException($"libpcap's program is not valid: {fault}");
    }

    /// <summary>Says why no expression has a program for this link layer; null where libpcap knows the link type.</summary>
    public static string? RefusalOf(LinkLayer link)
    {
        if (Libpcap.Instance is null) return LibpcapMissing;
        Ask("", link, FilterEffort.Usual, out var error);
        return error;
    }

    public static FilterException WithoutLibpcap() => new(LibpcapMissing, isLibpcapMissing: true);

    private static Libpcap.bpf_insn[] Ask(string expression, LinkLayer link, FilterEffort effort, out string? error)
    {
        var libpcap = Libpcap.Instance ?? throw WithoutLibpcap();
        lock (Gate)
            return libpcap.Compile(
                expression, (uint)link.Type, link.IsSwapped, SnapLength, expression.Length <= effort.LongestOptimised, out error);
    }

    /// <summary>A load beyond the packet ends a program with 0. It is replaced by that return, so that the kernel does the same.</summary>
    private static CbpfInstruction WithinPackets(CbpfInstruction i) =>
        i.LoadBytes > 0 && i.K >= FirstBeyondPackets ? new CbpfInstruction(CbpfOpcode.RetK, 0, 0, 0) : i;
}
