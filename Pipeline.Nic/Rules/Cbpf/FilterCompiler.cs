using Pipeline.Nic.Devices;
using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Rules.Cbpf;

/// <summary>pcap-filter text to classic BPF, by libpcap, the reference for that language. Any thread; one compiles at a time.</summary>
internal static class FilterCompiler
{
    /// <summary>What tcpdump uses where a file names no other (MAXIMUM_SNAPLEN); here only what an accepting program returns.</summary>
    private const int SnapLength = 262144;

    /// <summary>
    /// Characters of the longest expression. libpcap takes time with more than the square of the length, also where it does not
    /// optimise: 12 s for 1000 ports in 12 KB, minutes for twice as many.
    /// </summary>
    public const int LongestExpression = 8192;

    /// <summary>
    /// Characters up to which libpcap optimises, with the cube of the length: half a minute for 600 ports in 7 KB. Without it the
    /// program is longer and its verdicts are the same.
    /// </summary>
    private const int LongestOptimised = 2048;

    /// <summary>
    /// Loads from here on mean fields of the kernel's packet buffer on Linux (SKF_AD_OFF and SKF_AD_MAX, linux/filter.h). Other offsets
    /// beyond 2^31 are nothing but reads beyond the packet: libpcap emits them for headers that a link type cannot have.
    /// </summary>
    private const uint FirstAncillary = 0xfffff000;

    private const uint AncillaryLoads = 64;

    private const string LibpcapMissing =
        "pcap-filter expressions need libpcap; install the package libpcap0.8 (Debian, Ubuntu) or libpcap (Fedora, Arch, Alpine)";

    private static readonly Lock Gate = new();

    /// <exception cref="FilterException">libpcap rejects the expression for this link type, or is not there.</exception>
    public static CbpfProgram Compile(string expression, LinkType linkType)
    {
        if (expression.Contains('\0')) throw new FilterException("the expression contains a NUL character");
        if (expression.Length > LongestExpression)
            throw new FilterException($"the expression has {expression.Length} characters; at most {LongestExpression} are compiled in reasonable time");
        var libpcap = Libpcap.Instance ?? throw WithoutLibpcap();

        Libpcap.bpf_insn[] compiled;
        string? error;
        lock (Gate) compiled = libpcap.Compile(expression, DltOf(linkType), SnapLength, expression.Length <= LongestOptimised, out error);
        if (error is not null) throw new FilterException(error);

        var instructions = Array.ConvertAll(compiled, i => new CbpfInstruction((CbpfOpcode)i.code, i.jt, i.jf, i.k));
        if (instructions.Any(IsAncillary))
            throw new FilterException("the expression asks for what only a live interface knows of a packet");
        return CbpfProgram.Check(instructions, out var fault) ?? throw new FilterException($"libpcap's program is not valid: {fault}");
    }

    public static FilterException WithoutLibpcap() => new(LibpcapMissing, isLibpcapMissing: true);

    private static bool IsAncillary(CbpfInstruction i) => i.LoadBytes > 0 && i.K - FirstAncillary < AncillaryLoads;

    /// <summary>
    /// LINKTYPE_ values are the same on all systems, DLT_ values are not; these are the ones that differ on Linux
    /// (tcpdump.org/linktypes.html and pcap/dlt.h).
    /// </summary>
    private static int DltOf(LinkType linkType) => (int)linkType switch
    {
        100 => 11, // ATM_RFC1483
        101 => 12, // RAW
        102 => 15, // SLIP_BSDOS
        103 => 16, // PPP_BSDOS
        106 => 19, // ATM_CLIP
        var same => same,
    };
}
