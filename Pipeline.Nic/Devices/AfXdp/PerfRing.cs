using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Rules.Ebpf;

namespace Pipeline.Nic.Devices.AfXdp;

/// <summary>
/// The copies that one CPU's programs have made, in memory that the kernel writes round and round. What has been read it may write over
/// (struct perf_event_mmap_page, linux/perf_event.h). For one thread.
/// </summary>
internal sealed unsafe class PerfRing : IDisposable
{
    private readonly SafeFileHandle _event;
    private readonly SafeFileHandle _waking;
    private readonly byte* _memory;
    private readonly byte* _data;
    private readonly nuint _bytes;
    private readonly ulong _mask;
    private ulong _at;
    private Record _next;

    /// <param name="bytes">Room for records; a power of two.</param>
    /// <exception cref="LinuxException">
    /// The process lacks a capability, the CPU is not up, or the memory exceeds the limit on locked memory (EPERM).
    /// </exception>
    public PerfRing(int cpu, int bytes)
    {
        Cpu = cpu;
        _event = PerfEvent.OpenOutput(cpu, wakes: false);
        _bytes = (nuint)(bytes + Environment.SystemPageSize);
        _mask = (ulong)bytes - 1;
        try
        {
            _waking = PerfEvent.OpenOutput(cpu, wakes: true);
            _memory = Mman.MapShared(_event, _bytes, $"copies of CPU {cpu}");
            PerfEvent.Redirect(_waking, _event);
        }
        catch
        {
            if (_memory is not null) Mman.Unmap(_memory, _bytes, "copies");
            _waking?.Dispose();
            _event.Dispose();
            throw;
        }

        _data = _memory + Environment.SystemPageSize;
    }

    public int Cpu { get; }

    /// <summary>The event that programs write by, and whoever waits polls.</summary>
    public int Descriptor => (int)_event.DangerousGetHandle();

    /// <summary>The event by which a program wakes whoever polls the other.</summary>
    public int WakingDescriptor => (int)_waking.DangerousGetHandle();

    /// <summary>The time of the record that <see cref="TryPeek"/> found, in nanoseconds since 1970.</summary>
    public long Time => _next.Time;

    /// <summary>What comes before the packet, in that record.</summary>
    public ref readonly XdpCopy Copy => ref _next.Copy;

    // The head tells that records are complete, so it is read before they are.
    private ulong Head => Volatile.Read(ref *(ulong*)(_memory + PerfEvent.DataHeadAt));

    /// <summary>
    /// Looks at the next copy. It passes over what only woke the reader, and over the kernel's remarks that records were lost: those come
    /// late, and our program counts.
    /// </summary>
    /// <returns>False where nothing more has been written.</returns>
    public bool TryPeek()
    {
        for (var head = Head; _at != head; _at += _next.Size)
        {
            fixed (Record* next = &_next) Read(_at, (byte*)next, (int)Math.Min((ulong)sizeof(Record), head - _at));
            if (_next.Type == PerfEvent.PERF_RECORD_SAMPLE && _next.Copy.WireLength > 0) return true;
        }

        return false;
    }

    /// <summary>Copies as many of the packet's bytes out of the record.</summary>
    public void CopyTo(Span<byte> bytes)
    {
        fixed (byte* to = bytes) Read(_at + (ulong)sizeof(Record), to, bytes.Length);
    }

    /// <summary>Goes on behind the record.</summary>
    public void Skip() => _at += _next.Size;

    /// <summary>Gives the kernel the room of all records gone past.</summary>
    public void Release() => Volatile.Write(ref *(ulong*)(_memory + PerfEvent.DataTailAt), _at);

    public void Dispose()
    {
        Mman.Unmap(_memory, _bytes, "copies");
        _waking.Dispose();
        _event.Dispose();
    }

    private void Read(ulong from, byte* to, int bytes)
    {
        var at = from & _mask;
        var first = (int)Math.Min((ulong)bytes, _mask + 1 - at);
        Buffer.MemoryCopy(_data + at, to, bytes, first);
        if (first < bytes) Buffer.MemoryCopy(_data, to + first, bytes - first, bytes - first);
    }

    /// <summary>
    /// struct perf_event_header, and what follows it in a sample with a time and raw data; other records are shorter.
    /// </summary>
    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct Record
    {
        public uint Type;
        public ushort Misc;
        public ushort Size;
        public long Time;
        public uint RawBytes;
        public XdpCopy Copy;
    }
}
