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

    /// <summary>
    /// Characters of the longest expression. libpcap's time grows faster than the square of the length, even where it does not optimise: 12
    /// s for 1000 ports in 12 KB, minutes for twice as many.
    /// </summary>
    public const int LongestExpression = 8192;

    /// <summary>
    /// The most characters for which libpcap optimises. That takes time with the cube of the length: half a minute for 600 ports in 7 KB.
    /// Without it the program is longer and its verdicts are the same.
    /// </summary>
    private const int LongestOptimised = 2048;

    /// <summary>
    /// Loads from here on are beyond every packet. To the kernel they mean its own metadata (SKF_LL_OFF, linux/filter.h). Only the user can
    /// have written them.
    /// </summary>
    private const uint FirstBeyondPackets = 0xffe00000;

    private const string LibpcapMissing =
        "pcap-filter expressions need libpcap; install the package libpcap0.8 (Debian, Ubuntu) or libpcap (Fedora, Arch, Alpine)";

    private static readonly Lock Gate = new();

    /// <exception cref="FilterException">libpcap rejects the expression for this link layer, or is not installed.</exception>
    public static CbpfProgram Compile(string expression, LinkLayer link)
    {
        if (expression.Contains('\0')) throw new FilterException("the expression contains a NUL character");
        if (expression.Length > LongestExpression)
            throw new FilterException(
                $"the expression has {expression.Length} characters; at most {LongestExpression} are compiled in reasonable time");
        var compiled = Ask(expression, link, out var error);
        if (error is not null) throw new FilterException(error);

        var instructions = Array.ConvertAll(compiled, i => WithinPackets(new CbpfInstruction((CbpfOpcode)i.code, i.jt, i.jf, i.k)));
        return CbpfProgram.Check(instructions, out var fault) ?? throw new FilterException($"libpcap's program is not valid: {fault}");
    }

    /// <summary>Says why no expression has a program for this link layer; null where libpcap knows the link type.</summary>
    public static string? RefusalOf(LinkLayer link)
    {
        if (Libpcap.Instance is null) return LibpcapMissing;
        Ask("", link, out var error);
        return error;
    }

    public static FilterException WithoutLibpcap() => new(LibpcapMissing, isLibpcapMissing: true);

    private static Libpcap.bpf_insn[] Ask(string expression, LinkLayer link, out string? error)
    {
        var libpcap = Libpcap.Instance ?? throw WithoutLibpcap();
        lock (Gate)
            return libpcap.Compile(
                expression, (uint)link.Type, link.IsSwapped, SnapLength, expression.Length <= LongestOptimised, out error);
    }

    /// <summary>A load beyond the packet ends a program with 0. It is replaced by that return, so that the kernel does the same.</summary>
    private static CbpfInstruction WithinPackets(CbpfInstruction i) =>
        i.LoadBytes > 0 && i.K >= FirstBeyondPackets ? new CbpfInstruction(CbpfOpcode.RetK, 0, 0, 0) : i;
}
