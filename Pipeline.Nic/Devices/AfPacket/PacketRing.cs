using Microsoft.Win32.SafeHandles;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Devices.AfPacket;

/// <summary>
/// The receive ring of a packet socket (TPACKET_V3): the kernel fills its blocks in order, and they are handed back in any order.
/// A block is a page of the pool that owns the ring; it is the kernel's again as soon as its last holder lets go.
/// </summary>
internal sealed unsafe class PacketRing : PageRegion
{
    // The kernel wants a frame size, though blocks of this version have no frames. Any size that divides a block will do.
    private const int FrameBytes = 2048;

    private readonly string _subject;
    private readonly bool[] _isOut;

    private readonly IfPacket.tpacket_req3 _request;

    private PacketRing(byte* start, in IfPacket.tpacket_req3 request, string subject)
        : base(start, BytesOf(request))
    {
        _request = request;
        _subject = subject;
        _isOut = new bool[request.tp_block_nr];
    }

    /// <summary>Bytes per block.</summary>
    public int BlockBytes => (int)_request.tp_block_size;

    /// <inheritdoc/>
    public override bool IsFilledByOthers => true;

    /// <exception cref="LinuxException">The kernel does not have that much memory, or refuses the sizes.</exception>
    public static PacketRing Create(SafeFileHandle socket, string subject, AfPacketOptions options)
    {
        var request = new IfPacket.tpacket_req3
        {
            tp_block_size = (uint)options.BlockBytes,
            tp_block_nr = (uint)options.Blocks,
            tp_frame_size = FrameBytes,
            tp_frame_nr = (uint)((long)options.BlockBytes * options.Blocks / FrameBytes),
            tp_retire_blk_tov = (uint)options.BlockTimeout.TotalMilliseconds,
        };
        Request(socket, request, subject);
        return new PacketRing(Mman.MapShared(socket, BytesOf(request), subject), request, subject);
    }

    /// <summary>
    /// Becomes the ring of another socket, in the same place. The first block is then the next one. Every block must be given back.
    /// </summary>
    /// <exception cref="LinuxException">The kernel does not have that much memory.</exception>
    public void MoveTo(SafeFileHandle socket)
    {
        Request(socket, _request, _subject);
        Mman.MapSharedAt(Start, socket, Bytes, _subject);
    }

    private static nuint BytesOf(in IfPacket.tpacket_req3 request) => (nuint)request.tp_block_size * request.tp_block_nr;

    private static void Request(SafeFileHandle socket, in IfPacket.tpacket_req3 request, string subject)
    {
        SysSocket.SetOption(socket, SysSocket.SOL_PACKET, IfPacket.PACKET_VERSION, IfPacket.TPACKET_V3, subject);
        SysSocket.SetOption(socket, SysSocket.SOL_PACKET, IfPacket.PACKET_RX_RING, request, subject);
    }

    /// <summary>A block's head.</summary>
    private IfPacket.tpacket_block_desc* Block(int page) => (IfPacket.tpacket_block_desc*)(Start + ((nuint)page * (nuint)BlockBytes));

    /// <summary>Whether the kernel has filled a block, or this program still holds it.</summary>
    public bool IsOurs(int page) => IfPacket.IsOurs(Block(page));

    /// <summary>Whether the kernel has filled a block since it was given back.</summary>
    public bool IsReady(int page) => !Volatile.Read(ref _isOut[page]) && IsOurs(page);

    /// <summary>Takes a block that is ready, for reading. Its page has been taken from the pool.</summary>
    public RingBlock Take(int page)
    {
        Volatile.Write(ref _isOut[page], true);
        return new RingBlock(page, Block(page));
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The order matters: a thread that sees that the block is not out must see the kernel's status of it, and not the earlier one of this
    /// program.
    /// </remarks>
    public override void TakeBack(int page)
    {
        IfPacket.GiveBack(Block(page));
        Volatile.Write(ref _isOut[page], false);
    }

    /// <inheritdoc/>
    public override void Dispose() => Mman.Unmap(Start, Bytes, _subject);
}
