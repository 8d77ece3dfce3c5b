using System.Runtime.InteropServices;
using Xunit;

namespace Pipeline.Nic.Tests.Rules;

/// <summary>A capture opened by libpcap itself, as tcpdump opens it: the oracle for filters.</summary>
internal sealed class LibpcapSavefile : IDisposable
{
    private static readonly string[] Names = ["libpcap.so.0.8", "libpcap.so.1", "libpcap.so"];
    private static readonly nint Library = Load();

    private readonly nint _handle;

    public LibpcapSavefile(string path)
    {
        var words = new byte[256];
        _handle = Function<OpenOffline>("pcap_open_offline")(path, words);
        Assert.True(_handle != 0, System.Text.Encoding.UTF8.GetString(words));
        while (Function<NextPacket>("pcap_next_ex")(_handle, out var header, out var bytes) == 1)
        {
            var packet = new byte[Marshal.ReadInt32(header, Marshal.SizeOf<nint>() * 2)];
            Marshal.Copy(bytes, packet, 0, packet.Length);
            Packets.Add(packet);
        }
    }

    private delegate nint OpenOffline([MarshalAs(UnmanagedType.LPUTF8Str)] string path, byte[] words);

    private delegate int NextPacket(nint handle, out nint header, out nint bytes);

    private delegate int CompileFilter(nint handle, out Program program, [MarshalAs(UnmanagedType.LPUTF8Str)] string text, int optimise, uint netmask);

    private delegate nint GetError(nint handle);

    private delegate void FreeCode(ref Program program);

    private delegate uint RunFilter(nint instructions, byte[] packet, uint wireLength, uint captured);

    private delegate void CloseHandle(nint handle);

    /// <summary>As libpcap hands them out: with the numbers that it turns around in this machine's byte order.</summary>
    public List<byte[]> Packets { get; } = [];

    /// <summary>For each packet whether it matches, as <c>0</c> and <c>1</c>; or libpcap's words where it rejects the expression.</summary>
    public string Verdicts(string expression)
    {
        if (Function<CompileFilter>("pcap_compile")(_handle, out var program, expression, 1, 0) != 0)
            return Marshal.PtrToStringUTF8(Function<GetError>("pcap_geterr")(_handle))!;
        var run = Function<RunFilter>("bpf_filter");
        var verdicts = string.Concat(Packets.Select(p => run(program.Instructions, p, (uint)p.Length, (uint)p.Length) == 0 ? '0' : '1'));
        Function<FreeCode>("pcap_freecode")(ref program);
        return verdicts;
    }

    public void Dispose() => Function<CloseHandle>("pcap_close")(_handle);

    private static T Function<T>(string name) => Marshal.GetDelegateForFunctionPointer<T>(NativeLibrary.GetExport(Library, name));

    private static nint Load()
    {
        foreach (var name in Names)
        {
            if (NativeLibrary.TryLoad(name, out var library)) return library;
        }

        return 0;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Program
    {
        public uint Length;
        public nint Instructions;
    }
}
