using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Devices.Tap;

/// <summary>
/// A descriptor that is the other end of an interface, or of one of its queues. It reads what the interface sends; what it writes comes in
/// on the interface. One thread at a time.
/// </summary>
internal sealed unsafe class TapEnd : IDisposable
{
    /// <summary>The header that guests have too: that of 10 bytes and a count (linux/virtio_net.h, virtio_net_hdr_mrg_rxbuf).</summary>
    public const int UsualHeaderBytes = 12;

    /// <summary>The longest header that is understood. Its first 10 bytes have a meaning.</summary>
    public const int MostHeaderBytes = 64;

    /// <summary>No packet is longer: a segment of 64 KiB with its link header, from whoever leaves segmenting to others.</summary>
    private const int MostPacketBytes = 72 * 1024;

    private readonly SysSocket.iovec_t[] _parts = GC.AllocateArray<SysSocket.iovec_t>(3, pinned: true);
    private readonly byte[] _header = GC.AllocateArray<byte>(MostHeaderBytes, pinned: true);
    private readonly byte[] _rest;
    private readonly SysSocket.iovec_t* _at;
    private SafeFileHandle _handle;
    private int _headerBytes;

    /// <param name="handle">Attached; this owns it.</param>
    /// <param name="headerBytes">Bytes in front of each packet; 0 for none.</param>
    /// <param name="receives">Whether it is read from.</param>
    public TapEnd(SafeFileHandle handle, int headerBytes, bool receives)
    {
        (_handle, _headerBytes, Receives) = (handle, headerBytes, receives);
        _rest = GC.AllocateUninitializedArray<byte>(receives ? MostPacketBytes : 0, pinned: true);
        _at = (SysSocket.iovec_t*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_parts));
        _at[0].iov_base = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_header));
        _at[2].iov_base = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_rest));
        _at[2].iov_len = (nuint)_rest.Length;
    }

    public SafeFileHandle Handle => _handle;

    public bool Receives { get; }

    /// <summary>The number to wait on. It changes when the interface behind it does.</summary>
    public int Descriptor => (int)_handle.DangerousGetHandle();

    private ref IfTun.virtio_net_hdr Header => ref *(IfTun.virtio_net_hdr*)_at[0].iov_base;

    /// <summary>Reads a packet. Never waits.</summary>
    /// <param name="to">Gets as much of it as there is room for.</param>
    /// <param name="flags">Whether its checksum is still to be computed.</param>
    /// <param name="error">EAGAIN where there is none. Anything else ends it, until it is attached again.</param>
    /// <returns>All of its bytes, of which there may be more than room; -1 after an error.</returns>
    public int Read(byte* to, int room, out PacketFlags flags, out Errno error)
    {
        _at[0].iov_len = (nuint)_headerBytes;
        _at[1].iov_base = to;
        _at[1].iov_len = (nuint)room;
        flags = PacketFlags.None;
        var got = Uio.Read(Descriptor, _at, 3, out error);
        if (got < _headerBytes) return -1;
        if (_headerBytes > 0 && (Header.flags & IfTun.virtio_net_hdr.VIRTIO_NET_HDR_F_NEEDS_CSUM) != 0) flags = PacketFlags.ChecksumPending;
        return (int)got - _headerBytes;
    }

    /// <summary>Writes a packet. Never waits.</summary>
    /// <param name="checksumFrom">Where the bytes begin that a pending checksum is over; 0 for a packet whose checksum is complete.</param>
    /// <param name="checksumAt">Where that checksum goes, from there on.</param>
    public Errno Write(ReadOnlySpan<byte> packet, int checksumFrom = 0, int checksumAt = 0)
    {
        _at[0].iov_len = (nuint)_headerBytes;
        Header = checksumFrom == 0
            ? default
            : new IfTun.virtio_net_hdr
            {
                flags = IfTun.virtio_net_hdr.VIRTIO_NET_HDR_F_NEEDS_CSUM,
                csum_start = (ushort)checksumFrom,
                csum_offset = (ushort)checksumAt,
            };
        fixed (byte* from = packet)
        {
            _at[1].iov_base = from;
            _at[1].iov_len = (nuint)packet.Length;
            return Uio.Write(Descriptor, _at, 2);
        }
    }

    /// <summary>Whether a header goes with each packet, so that a checksum can be left to the kernel.</summary>
    public bool HasHeader => _headerBytes > 0;

    /// <summary>It has been attached again, perhaps by another descriptor, which takes the place of the one it had.</summary>
    public void Renew(SafeFileHandle handle, int headerBytes)
    {
        if (handle != _handle) _handle.Dispose();
        (_handle, _headerBytes) = (handle, headerBytes);
        _header.AsSpan().Clear();
    }

    public void Dispose() => _handle.Dispose();
}
