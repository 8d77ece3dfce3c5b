using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Devices.AfPacket;

/// <summary>Packets that go to the kernel in one call. The bytes stay where they are. One thread at a time.</summary>
internal sealed unsafe class SendBatch
{
    private const int Most = 64;

    // Before the checksum, the checksum, after it.
    private const int MostParts = 3;

    private readonly SysSocket.mmsghdr_t[] _messages = GC.AllocateArray<SysSocket.mmsghdr_t>(Most, pinned: true);
    private readonly SysSocket.iovec_t[] _parts = GC.AllocateArray<SysSocket.iovec_t>(Most * MostParts, pinned: true);
    private readonly byte[] _checksums = GC.AllocateArray<byte>(Most * sizeof(ushort), pinned: true);
    private readonly int[] _lengths = new int[Most];

    public SendBatch()
    {
        for (var i = 0; i < Most; i++)
            _messages[i].msg_hdr.msg_iov = (SysSocket.iovec_t*)Unsafe.AsPointer(ref _parts[i * MostParts]);
    }

    /// <summary>Packets in it.</summary>
    public int Count { get; private set; }

    public bool IsFull => Count == Most;

    /// <summary>The bytes of a packet that was added.</summary>
    public int LengthOf(int packet) => _lengths[packet];

    /// <summary>Adds a packet, whose memory must stay in its place until the batch is cleared.</summary>
    public void Add(ReadOnlySpan<byte> packet)
    {
        var parts = Begin(packet, 1);
        parts[0] = Part(packet);
    }

    /// <summary>Adds a packet that is sent with another checksum than its memory has.</summary>
    public void Add(ReadOnlySpan<byte> packet, int checksumAt, ushort checksum)
    {
        var field = _checksums.AsSpan(Count * sizeof(ushort), sizeof(ushort));
        System.Buffers.Binary.BinaryPrimitives.WriteUInt16BigEndian(field, checksum);
        var parts = Begin(packet, MostParts);
        parts[0] = Part(packet[..checksumAt]);
        parts[1] = Part(field);
        parts[2] = Part(packet[(checksumAt + sizeof(ushort))..]);
    }

    /// <inheritdoc cref="SysSocket.SendMany"/>
    /// <param name="first">The packet to begin with.</param>
    public int Send(SafeFileHandle socket, int first, out Errno error) =>
        SysSocket.SendMany(socket, _messages.AsSpan(first, Count - first), out error);

    public void Clear() => Count = 0;

    private SysSocket.iovec_t* Begin(ReadOnlySpan<byte> packet, int parts)
    {
        _lengths[Count] = packet.Length;
        ref var message = ref _messages[Count++].msg_hdr;
        message.msg_iovlen = (nuint)parts;
        return message.msg_iov;
    }

    private static SysSocket.iovec_t Part(ReadOnlySpan<byte> bytes) =>
        new() { iov_base = (byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes)), iov_len = (nuint)bytes.Length };
}
