using System.Runtime.CompilerServices;
using Microsoft.Win32.SafeHandles;
using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Devices.AfXdp;

/// <summary>
/// A ring that an AF_XDP socket shares with the kernel: one side writes entries and moves the producer's index, the other reads them and
/// moves the consumer's (Linux, Documentation/networking/af_xdp.rst). One thread at a time.
/// </summary>
/// <typeparam name="T">An entry: the address of a page, or struct xdp_desc.</typeparam>
internal sealed unsafe class XdpRing<T> : IDisposable
    where T : unmanaged
{
    private readonly byte* _start;
    private readonly nuint _bytes;
    private readonly uint* _producer;
    private readonly uint* _consumer;
    private readonly uint* _flags;
    private readonly T* _entries;
    private readonly uint _mask;
    private readonly string _subject;
    private uint _ours; // the index that this side moves
    private uint _theirs; // the other index, as it was seen last

    /// <exception cref="LinuxException">The kernel has not made the ring, or there is no memory.</exception>
    public XdpRing(SafeFileHandle socket, int entries, long pageOffset, in IfXdp.xdp_ring_offset parts, string subject)
    {
        _subject = subject;
        _bytes = (nuint)parts.desc + ((nuint)entries * (nuint)sizeof(T));
        _start = Mman.MapShared(socket, _bytes, subject, (nint)pageOffset);
        _producer = (uint*)(_start + parts.producer);
        _consumer = (uint*)(_start + parts.consumer);
        _flags = (uint*)(_start + parts.flags);
        _entries = (T*)(_start + parts.desc);
        _mask = (uint)entries - 1;
        Entries = entries;
    }

    /// <summary>How many entries it has.</summary>
    public int Entries { get; }

    /// <summary>Whether the kernel sleeps until it is called.</summary>
    public bool NeedsWakeUp => (Volatile.Read(ref *_flags) & IfXdp.XDP_RING_NEED_WAKEUP) != 0;

    /// <summary>Entries that the kernel has not read yet, where this side writes.</summary>
    public int Waiting => (int)(_ours - Volatile.Read(ref *_consumer));

    /// <summary>How many entries can be written. It is looked up again only where fewer than wanted were known to be.</summary>
    public int Room(int wanted)
    {
        if (Entries - (int)(_ours - _theirs) < wanted) _theirs = Volatile.Read(ref *_consumer);
        return Entries - (int)(_ours - _theirs);
    }

    /// <summary>How many entries can be read. It is looked up again only where fewer than wanted were known to be.</summary>
    public int Available(int wanted)
    {
        if ((int)(_theirs - _ours) < wanted) _theirs = Volatile.Read(ref *_producer);
        return (int)(_theirs - _ours);
    }

    /// <summary>The entry that many places after the next one.</summary>
    public ref T this[int ahead]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)] // several times for every packet
        get => ref _entries[(_ours + (uint)ahead) & _mask];
    }

    /// <summary>Gives the kernel entries that were written.</summary>
    public void Produce(int count)
    {
        _ours += (uint)count;
        Volatile.Write(ref *_producer, _ours);
    }

    /// <summary>Gives the kernel the places of entries that were read.</summary>
    public void Consume(int count)
    {
        _ours += (uint)count;
        Volatile.Write(ref *_consumer, _ours);
    }

    public void Dispose() => Mman.Unmap(_start, _bytes, _subject);
}
