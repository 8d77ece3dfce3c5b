using System.Runtime.InteropServices;

namespace Pipeline.Nic.Linux;

/// <summary>
/// pcap/pcap.h: the few functions that compile a filter and run it. libpcap is looked for when it is first needed, and can be absent. So
/// these are function pointers rather than imports.
/// </summary>
internal sealed unsafe class Libpcap
{
    // The name of the library differs between distributions: Debian keeps the old one.
    private static readonly string[] LibraryNames = ["libpcap.so.0.8", "libpcap.so.1", "libpcap.so"];

    private static readonly Lazy<Libpcap?> Found = new(Find);

    // pcap_t *pcap_fopen_offline(FILE *fp, char *errbuf);
    private readonly delegate* unmanaged<nint, byte*, nint> _pcap_fopen_offline;

    // int pcap_compile(pcap_t *p, struct bpf_program *fp, const char *str, int optimize, bpf_u_int32 netmask);
    private readonly delegate* unmanaged<nint, bpf_program*, byte*, int, uint, int> _pcap_compile;

    // char *pcap_geterr(pcap_t *p);
    private readonly delegate* unmanaged<nint, byte*> _pcap_geterr;

    // void pcap_freecode(struct bpf_program *fp);
    private readonly delegate* unmanaged<bpf_program*, void> _pcap_freecode;

    // void pcap_close(pcap_t *p);
    private readonly delegate* unmanaged<nint, void> _pcap_close;

    // u_int bpf_filter(const struct bpf_insn *pc, const u_char *p, u_int wirelen, u_int buflen);
    private readonly delegate* unmanaged[SuppressGCTransition]<bpf_insn*, byte*, uint, uint, uint> _bpf_filter;

    private Libpcap(nint library)
    {
        _bpf_filter = (delegate* unmanaged[SuppressGCTransition]<bpf_insn*, byte*, uint, uint, uint>)NativeLibrary.GetExport(
            library, "bpf_filter");
        _pcap_fopen_offline = (delegate* unmanaged<nint, byte*, nint>)NativeLibrary.GetExport(library, "pcap_fopen_offline");
        _pcap_compile = (delegate* unmanaged<nint, bpf_program*, byte*, int, uint, int>)NativeLibrary.GetExport(library, "pcap_compile");
        _pcap_geterr = (delegate* unmanaged<nint, byte*>)NativeLibrary.GetExport(library, "pcap_geterr");
        _pcap_freecode = (delegate* unmanaged<bpf_program*, void>)NativeLibrary.GetExport(library, "pcap_freecode");
        _pcap_close = (delegate* unmanaged<nint, void>)NativeLibrary.GetExport(library, "pcap_close");
    }

    /// <summary>libpcap, or null where it is not installed.</summary>
    public static Libpcap? Instance => Found.Value;

    /// <summary>
    /// Compiles an expression for packets from a capture. One thread at a time: before libpcap 1.8 the compiler kept its state in
    /// globals.
    /// </summary>
    /// <param name="linkType">The packets' link type (LINKTYPE_).</param>
    /// <param name="isSwapped">Whether a machine of the other byte order captured them.</param>
    /// <param name="snapLength">The value that an accepting program returns.</param>
    /// <param name="error">libpcap's message, or null.</param>
    /// <returns>The instructions, copied; empty with an error.</returns>
    /// <remarks>
    /// It compiles on the handle of a capture file, because a program for a dead handle (pcap_open_dead) is for packets of this host: it
    /// uses this system's address families and byte order, and asks the kernel's own fields where a packet has none.
    /// </remarks>
    public bpf_insn[] Compile(string expression, uint linkType, bool isSwapped, int snapLength, bool optimise, out string? error)
    {
        var header = new PcapFileHeader(linkType, isSwapped, snapLength);
        var handle = Open(&header, out error);
        if (handle == 0) return [];
        var text = Marshal.StringToCoTaskMemUTF8(expression);
        try
        {
            bpf_program program;
            if (_pcap_compile(handle, &program, (byte*)text, optimise ? 1 : 0, NetmaskOfCaptures) != 0)
            {
                error = Marshal.PtrToStringUTF8((nint)_pcap_geterr(handle)) ?? "";
                return [];
            }

            var copy = new ReadOnlySpan<bpf_insn>(program.bf_insns, (int)program.bf_len).ToArray();
            _pcap_freecode(&program);
            return copy;
        }
        finally
        {
            Marshal.FreeCoTaskMem(text);
            _pcap_close(handle);
        }
    }

    /// <returns>A handle. When it is closed, it closes the stream that it reads. 0 with an error.</returns>
    private nint Open(PcapFileHeader* header, out string? error)
    {
        var words = stackalloc byte[PCAP_ERRBUF_SIZE];
        *words = 0;
        var stream = Stdio.OpenMemory(header, (nuint)sizeof(PcapFileHeader));
        var handle = _pcap_fopen_offline(stream, words);
        error = handle == 0 ? Marshal.PtrToStringUTF8((nint)words) ?? "" : null;
        if (handle == 0) Stdio.Close(stream);
        return handle;
    }

    /// <summary>
    /// Runs a program, which must be valid, on a packet. The call makes no GC transition, because it takes only nanoseconds.
    /// </summary>
    /// <returns>The program's result; 0 means that the packet does not match.</returns>
    public uint Filter(bpf_insn* program, byte* packet, uint wireLength, uint captured) =>
        _bpf_filter(program, packet, wireLength, captured);

    private static Libpcap? Find()
    {
        foreach (var name in LibraryNames)
        {
            if (NativeLibrary.TryLoad(name, out var library)) return new Libpcap(library);
        }

        return null;
    }

    /// <summary>
    /// The netmask that tcpdump gives for a capture, whose network is unknown: <c>ip broadcast</c> is 0.0.0.0 and 255.255.255.255.
    /// </summary>
    private const uint NetmaskOfCaptures = 0;

    private const int PCAP_ERRBUF_SIZE = 256;

    /// <summary>struct bpf_insn (pcap/bpf.h), 8 bytes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct bpf_insn
    {
        public ushort code;
        public byte jt;
        public byte jf;
        public uint k;
    }

    /// <summary>struct bpf_program (pcap/bpf.h).</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct bpf_program
    {
        public uint bf_len;
        public bpf_insn* bf_insns;
    }
}
