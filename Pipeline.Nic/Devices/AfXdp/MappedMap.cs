using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Devices.AfXdp;

/// <summary>
/// The memory of a map that the kernel's programs and this process share. It lives as long as somebody holds it, whatever becomes of the
/// map's descriptor and of the program. Any thread.
/// </summary>
internal sealed unsafe class MappedMap : SafeHandle
{
    private readonly nuint _bytes;

    /// <exception cref="LinuxException">The memory cannot be mapped.</exception>
    public MappedMap(SafeFileHandle map, int bytes, string name)
        : base(0, ownsHandle: true)
    {
        // The kernel gives out whole pages (kernel/bpf/arraymap.c).
        _bytes = (nuint)(((long)bytes + Environment.SystemPageSize - 1) & -Environment.SystemPageSize);
        SetHandle((nint)Mman.MapShared(map, _bytes, $"map {name}"));
        GC.AddMemoryPressure((long)_bytes);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>A number of 64 bits, which other CPUs count up meanwhile.</summary>
    /// <param name="offset">Bytes from the beginning; a multiple of 8.</param>
    public long Read(long offset)
    {
        var value = Volatile.Read(ref *(long*)(handle + offset));
        GC.KeepAlive(this);
        return value;
    }

    /// <param name="offset">Bytes from the beginning; a multiple of 4.</param>
    public void Write(long offset, uint value)
    {
        Volatile.Write(ref *(uint*)(handle + offset), value);
        GC.KeepAlive(this);
    }

    protected override bool ReleaseHandle()
    {
        GC.RemoveMemoryPressure((long)_bytes);
        Mman.Unmap((byte*)handle, _bytes, "map");
        return true;
    }
}
