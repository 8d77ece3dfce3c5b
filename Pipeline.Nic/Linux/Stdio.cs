using System.Runtime.InteropServices;

namespace Pipeline.Nic.Linux;

/// <summary>stdio.h: a stream of bytes in memory, for libpcap, which reads captures only from streams; and the names of files.</summary>
internal static unsafe partial class Stdio
{
    private static ReadOnlySpan<byte> ReadMode => "r\0"u8;

    /// <summary>Opens a stream that reads memory. The memory must stay where it is until the stream is closed.</summary>
    /// <returns>A FILE*, for <see cref="Close"/> or for whoever takes it over.</returns>
    /// <exception cref="LinuxException">There is no memory for it.</exception>
    public static nint OpenMemory(void* bytes, nuint length)
    {
        fixed (byte* mode = ReadMode)
        {
            var stream = fmemopen(bytes, length, mode);
            return stream != 0 ? stream : throw new LinuxException("fmemopen", "a capture's header", (Errno)Marshal.GetLastPInvokeError());
        }
    }

    /// <summary>Gives a file another name. A file that has this name already is replaced, and no moment is without one.</summary>
    public static Errno Rename(string from, string to) => rename(from, to) == 0 ? Errno.None : (Errno)Marshal.GetLastPInvokeError();

    public static void Close(nint stream) => _ = fclose(stream);

    // FILE *fmemopen(void *buf, size_t size, const char *mode);
    [LibraryImport("libc", SetLastError = true)]
    private static partial nint fmemopen(void* buf, nuint size, byte* mode);

    // int rename(const char *oldpath, const char *newpath);
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int rename(string oldpath, string newpath);

    // int fclose(FILE *stream);
    [LibraryImport("libc")]
    private static partial int fclose(nint stream);
}
