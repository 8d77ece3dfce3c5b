using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Pipeline.Nic.Linux;

/// <summary>sys/mman.h: regions for page pools.</summary>
internal static unsafe partial class Mman
{
    // Linux, include/uapi/asm-generic/mman-common.h
    private const int PROT_READ = 1;
    private const int PROT_WRITE = 2;
    private const int MAP_SHARED = 1;
    private const int MAP_PRIVATE = 2;
    private const int MAP_FIXED = 0x10;
    private const int MAP_ANONYMOUS = 0x20;
    private const int MADV_HUGEPAGE = 14;

    /// <summary>Maps zeroed memory and asks for huge pages. The system can refuse those without harm.</summary>
    /// <exception cref="LinuxException">There is not that much memory.</exception>
    public static byte* MapAnonymous(nuint bytes)
    {
        var region = mmap(null, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if ((nint)region == -1) throw LinuxException.Last("mmap", $"page pool of {bytes} bytes");
        _ = madvise(region, bytes, MADV_HUGEPAGE);
        return (byte*)region;
    }

    /// <summary>
    /// Maps memory that the kernel shares through a descriptor. The mapping keeps the descriptor's object alive after the descriptor was
    /// closed.
    /// </summary>
    /// <param name="offset">The part of the object, in the object's own terms.</param>
    /// <exception cref="LinuxException">There is nothing of that size to map.</exception>
    public static byte* MapShared(SafeFileHandle handle, nuint bytes, string subject, nint offset = 0)
    {
        var region = mmap(null, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, (int)handle.DangerousGetHandle(), offset);
        return (nint)region != -1 ? (byte*)region : throw LinuxException.Last("mmap", subject);
    }

    /// <summary>
    /// Maps another descriptor's memory where a mapping of the same size is now. Nobody must read or write there meanwhile.
    /// </summary>
    /// <exception cref="LinuxException">There is nothing of that size to map.</exception>
    public static void MapSharedAt(byte* at, SafeFileHandle handle, nuint bytes, string subject)
    {
        var region = mmap(at, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, (int)handle.DangerousGetHandle(), 0);
        if ((nint)region == -1) throw LinuxException.Last("mmap", subject);
    }

    public static void Unmap(byte* region, nuint bytes, string subject = "page pool")
    {
        if (munmap(region, bytes) != 0) throw LinuxException.Last("munmap", $"{bytes} bytes of {subject}");
    }

    // void *mmap(void *addr, size_t length, int prot, int flags, int fd, off_t offset);
    [LibraryImport("libc", SetLastError = true)]
    private static partial void* mmap(void* addr, nuint length, int prot, int flags, int fd, nint offset);

    // int munmap(void *addr, size_t length);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int munmap(void* addr, nuint length);

    // int madvise(void *addr, size_t length, int advice);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int madvise(void* addr, nuint length, int advice);
}
