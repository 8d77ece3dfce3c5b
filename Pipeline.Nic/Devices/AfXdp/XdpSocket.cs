using Microsoft.Win32.SafeHandles;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Devices.AfXdp;

/// <summary>
/// An AF_XDP socket for one queue of an interface, over the memory of a pool. It receives. One thread at a time; whoever opened it disposes
/// it. While any of its rings is mapped the kernel keeps the queue busy.
/// </summary>
internal sealed unsafe class XdpSocket : IDisposable
{
    /// <summary>The kernel wants a ring for packets that were sent, though none are.</summary>
    private const int CompletionEntries = 64;

    private readonly SafeFileHandle _socket;
    private readonly string _subject;
    private XdpRing<ulong>? _fill;
    private XdpRing<ulong>? _completion;
    private XdpRing<IfXdp.xdp_desc>? _received;
    private bool _disposed;

    private XdpSocket(SafeFileHandle socket, string subject) => (_socket, _subject) = (socket, subject);

    /// <summary>Pages for the kernel to write to.</summary>
    public XdpRing<ulong> Fill => _fill!;

    /// <summary>Packets, or pieces of them.</summary>
    public XdpRing<IfXdp.xdp_desc> Received => _received!;

    public SafeFileHandle Handle => _socket;

    /// <summary>The descriptor to wait on until there is a packet.</summary>
    public int Descriptor => (int)_socket.DangerousGetHandle();

    /// <summary>Whether packets that are longer than a chunk come in pieces; otherwise they are lost.</summary>
    public bool TakesPieces { get; private set; }

    /// <summary>Whether the driver writes into the pages itself.</summary>
    public bool IsZeroCopy =>
        (SysSocket.GetOption<uint>(_socket, IfXdp.SOL_XDP, IfXdp.XDP_OPTIONS, _subject) & IfXdp.XDP_OPTIONS_ZEROCOPY) != 0;

    /// <summary>What the kernel counted for it.</summary>
    public IfXdp.xdp_statistics Statistics =>
        SysSocket.GetOption<IfXdp.xdp_statistics>(_socket, IfXdp.SOL_XDP, IfXdp.XDP_STATISTICS, _subject);

    /// <exception cref="LinuxException">EBUSY while another socket has the queue; EINVAL where there is no such queue.</exception>
    public static XdpSocket Open(PagePool pool, int netdev, int queue, AfXdpOptions options)
    {
        var subject = pool.Name;
        var opened = new XdpSocket(SysSocket.Create(IfXdp.AF_XDP, SysSocket.SOCK_RAW, 0, subject), subject);
        try
        {
            opened.Register(pool);
            opened.MakeRings(options.RingEntries);
            opened.Bind(netdev, queue, options.IsZeroCopy);
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>Makes the driver look at the fill ring.</summary>
    public void Kick() => SysSocket.Poke(_socket);

    /// <summary>Takes the socket's pending error.</summary>
    public Errno TakeError() => (Errno)SysSocket.GetOption<int>(_socket, SysSocket.SOL_SOCKET, SysSocket.SO_ERROR, _subject);

    /// <summary>Unmaps the rings before it closes the socket. Then the kernel writes into no page of the pool any more.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _fill?.Dispose();
        _completion?.Dispose();
        _received?.Dispose();
        _socket.Dispose();
    }

    private void Register(PagePool pool)
    {
        var memory = new IfXdp.xdp_umem_reg
        {
            addr = (ulong)pool.RegionFor([]),
            len = (ulong)pool.PageSize * (ulong)pool.PageCount,
            chunk_size = AfXdpOptions.ChunkBytes,
        };
        SysSocket.SetOption(_socket, IfXdp.SOL_XDP, IfXdp.XDP_UMEM_REG, memory, _subject);
    }

    private void MakeRings(int entries)
    {
        SysSocket.SetOption(_socket, IfXdp.SOL_XDP, IfXdp.XDP_UMEM_FILL_RING, entries, _subject);
        SysSocket.SetOption(_socket, IfXdp.SOL_XDP, IfXdp.XDP_UMEM_COMPLETION_RING, CompletionEntries, _subject);
        SysSocket.SetOption(_socket, IfXdp.SOL_XDP, IfXdp.XDP_RX_RING, entries, _subject);
        var parts = SysSocket.GetOption<IfXdp.xdp_mmap_offsets>(_socket, IfXdp.SOL_XDP, IfXdp.XDP_MMAP_OFFSETS, _subject);
        _fill = new(_socket, entries, IfXdp.XDP_UMEM_PGOFF_FILL_RING, parts.fr, _subject);
        _completion = new(_socket, CompletionEntries, IfXdp.XDP_UMEM_PGOFF_COMPLETION_RING, parts.cr, _subject);
        _received = new(_socket, entries, IfXdp.XDP_PGOFF_RX_RING, parts.rx, _subject);
    }

    /// <summary>A kernel that knows no packets in pieces refuses the flag.</summary>
    private void Bind(int netdev, int queue, bool isZeroCopy)
    {
        var flags = (ushort)(IfXdp.XDP_USE_NEED_WAKEUP | (isZeroCopy ? IfXdp.XDP_ZEROCOPY : IfXdp.XDP_COPY));
        TakesPieces = TryBind(netdev, queue, (ushort)(flags | IfXdp.XDP_USE_SG));
        if (!TakesPieces) SysSocket.Bind(_socket, AddressOf(netdev, queue, flags), _subject);
    }

    private bool TryBind(int netdev, int queue, ushort flags)
    {
        try
        {
            SysSocket.Bind(_socket, AddressOf(netdev, queue, flags), _subject);
            return true;
        }
        catch (LinuxException e) when (e.Errno == Errno.EINVAL)
        {
            return false;
        }
    }

    private static IfXdp.sockaddr_xdp AddressOf(int netdev, int queue, ushort flags) => new()
    {
        sxdp_family = IfXdp.AF_XDP, sxdp_flags = flags, sxdp_ifindex = (uint)netdev, sxdp_queue_id = (uint)queue,
    };
}
