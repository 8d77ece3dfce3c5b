using Microsoft.Win32.SafeHandles;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Devices.AfPacket;

/// <summary>
/// Sends packets on an interface of this machine, through its queueing discipline. A packet counts as delivered when the driver took it:
/// the kernel tells no more. What the interface dropped afterwards is <see cref="InterfaceLost"/>.
/// </summary>
/// <remarks>
/// <para>
/// The kernel copies what it takes, so nothing is ever in flight here. A pending checksum is completed on the way, not in the page.
/// </para>
/// <para>
/// Rejected as <see cref="DropReason.TxFull"/>: packets that the socket, the queueing discipline or the driver had no room for. Without a
/// carrier that is every packet, at first. Rejected as <see cref="DropReason.OutputError"/>: packets longer or shorter than the interface
/// takes, packets that were not captured whole, packets of another link type, and all packets while the interface is down or gone.
/// </para>
/// <para>It needs the capability CAP_NET_RAW. It follows the name: an interface that disappears and comes back is sent to again.</para>
/// </remarks>
internal sealed class PacketTransmitter : ITransmitter
{
    /// <summary>Room for the packets that a queueing discipline holds back. Without CAP_NET_ADMIN the system's limit may be less.</summary>
    private const int SendBufferBytes = 8 * 1024 * 1024;

    private readonly SafeFileHandle _socket;
    private readonly string _name;
    private readonly SendBatch _batch = new();
    private readonly LinkCounter _dropped;
    private readonly SendBooks _books;
    private DropReason? _rest;
    private int _index;
    private bool _isThere;
    private long _interfaceLost;
    private bool _disposed;

    private PacketTransmitter(SafeFileHandle socket, string name, LinkCounter dropped)
    {
        (_socket, _name, _dropped) = (socket, name, dropped);
        Name = new TransmitTarget(TransmitKind.Interface, name).ToString();
        _books = new SendBooks(Name, name, () => NetDevice.MtuOf(socket, name));
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <summary>Always 0.</summary>
    public int InFlight => 0;

    /// <summary>
    /// Packets that the interface dropped since this was opened, as it counts them (<c>tx_dropped</c>): anybody's, and where the driver
    /// says that it dropped a packet, that one too. As recent as the last <see cref="Reap"/>. Any thread.
    /// </summary>
    public long InterfaceLost => Volatile.Read(ref _interfaceLost);

    /// <summary>Why nothing is sent now; null while packets leave. Any thread.</summary>
    public string? Trouble => _books.Trouble;

    /// <summary>What it rejected and why, one sentence each, and its trouble. Any thread.</summary>
    public IReadOnlyList<string> Notes => _books.NotesWith(InterfaceLost, "tx_dropped");

    /// <summary>Opens an interface for sending.</summary>
    /// <param name="name">Its name, in the network namespace of the calling thread.</param>
    /// <exception cref="FileNotFoundException">There is no such interface.</exception>
    /// <exception cref="UnauthorizedAccessException">The process lacks permission to open packet sockets.</exception>
    /// <exception cref="IOException">The interface is of a kind that is not sent to.</exception>
    public static PacketTransmitter Open(string name) => Open(name, SendBufferBytes);

    internal static PacketTransmitter Open(string name, int sendBufferBytes)
    {
        var socket = PacketSocket.OpenRaw(name);
        LinkCounter? dropped = null;
        try
        {
            if (NetDevice.IndexOf(socket, name) is null) throw new FileNotFoundException($"if:{name}: there is no interface {name}");
            if (PacketSocket.LinkTypeOf(socket, name) is null)
            {
                throw new IOException(
                    $"if:{name}: its packets begin with a header of a kind that is not sent (type {NetDevice.HardwareOf(socket, name)}); "
                    + "expected an Ethernet interface or a tunnel without link header");
            }

            SetSendBuffer(socket, sendBufferBytes, name);
            dropped = new LinkCounter(name, s => s.tx_dropped);
            var opened = new PacketTransmitter(socket, name, dropped);
            opened.FollowName();
            return opened;
        }
        catch
        {
            dropped?.Dispose();
            socket.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <remarks>The packets have left, or were rejected, when this returns <c>true</c>.</remarks>
    public bool TryTransmit(PageBundle bundle)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _books.Begin();
        _rest = null;
        if (!_isThere) FollowName();
        if (_isThere && bundle.Interface.LinkType == _books.LinkType) Send(bundle);
        else _books.RejectAll(bundle, isOfOtherLink: _isThere);
        return _books.TrySettle(bundle);
    }

    /// <summary>Looks whether the interface is still the one of that name, and reads what it dropped. There is nothing to settle.</summary>
    public void Reap()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        FollowName();
        Volatile.Write(ref _interfaceLost, _dropped.Total(isLast: false));
    }

    /// <summary>Closes the socket. What the kernel took goes out. <see cref="InterfaceLost"/> and notes can still be read.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        Volatile.Write(ref _interfaceLost, _dropped.Total(isLast: true));
        _dropped.Dispose();
        _socket.Dispose();
    }

    private void Send(PageBundle bundle)
    {
        foreach (ref readonly var packet in bundle.Packets)
        {
            if (_rest is null && _books.Allows(bundle.BytesOf(packet), packet)) Add(bundle.BytesOf(packet), packet);
            else _books.Reject(_rest ?? DropReason.OutputError, packet.CapturedLength);
            if (_batch.IsFull) SendBatch();
        }

        SendBatch();
    }

    private void Add(ReadOnlySpan<byte> bytes, in Packet packet)
    {
        if (packet.Has(PacketFlags.ChecksumPending) && PendingChecksum.TryCompute(_books.LinkType, bytes, out var at, out var checksum))
            _batch.Add(bytes, at, checksum);
        else
            _batch.Add(bytes);
    }

    private void SendBatch()
    {
        for (var next = 0; next < _batch.Count;)
        {
            if (_rest is { } rest)
            {
                _books.Reject(rest, _batch.LengthOf(next++));
                continue;
            }

            var sent = _batch.Send(_socket, next, out var error);
            next += sent;
            if (sent > 0) _books.Trouble = null;
            else _books.Reject(ReasonOf(error), _batch.LengthOf(next++));
        }

        _batch.Clear();
    }

    /// <summary>Why a packet was not sent. Some errors are those of every packet that follows in the bundle.</summary>
    private DropReason ReasonOf(Errno error)
    {
        switch (error)
        {
            case Errno.EAGAIN:
                _rest = DropReason.TxFull;
                return DropReason.TxFull;
            case Errno.ENOBUFS or Errno.ENOMEM:
                return DropReason.TxFull;
            case Errno.EMSGSIZE:
                _books.CountTooLong();
                return DropReason.OutputError;
            case Errno.ENETDOWN:
                _books.Trouble = $"{_name} is down";
                _rest = DropReason.OutputError;
                return DropReason.OutputError;
            case Errno.ENXIO or Errno.ENODEV:
                _isThere = false;
                _books.Trouble = $"there is no interface {_name}";
                _rest = DropReason.OutputError;
                return DropReason.OutputError;
            default:
                _books.Trouble = $"{_name}: the kernel does not send: {error}";
                return DropReason.OutputError;
        }
    }

    /// <summary>Sends on the interface that has the name now. Sending does not tell that another interface has it.</summary>
    private void FollowName()
    {
        var index = NetDevice.IndexOf(_socket, _name);
        if (index == _index && _isThere) return;
        _isThere = false;
        if (index is not { } known || PacketSocket.LinkTypeOf(_socket, _name) is not { } linkType || !TryBind(known))
        {
            _books.Trouble = $"there is no interface {_name}";
            return;
        }

        (_index, _books.LinkType, _isThere) = (known, linkType, true);
        _books.ReadMtu();
        _books.Trouble = NetDevice.IsUp(_socket, _name) == true ? null : $"{_name} is down";
    }

    private bool TryBind(int index)
    {
        try
        {
            SysSocket.Bind(_socket, IfPacket.SendingOn(index), _name);
            return true;
        }
        catch (LinuxException e) when (e.Errno == Errno.ENODEV)
        {
            return false;
        }
    }

    private static void SetSendBuffer(SafeFileHandle socket, int bytes, string name)
    {
        try
        {
            SysSocket.SetOption(socket, SysSocket.SOL_SOCKET, SysSocket.SO_SNDBUFFORCE, bytes, name);
        }
        catch (LinuxException e) when (e.Errno == Errno.EPERM)
        {
            SysSocket.SetOption(socket, SysSocket.SOL_SOCKET, SysSocket.SO_SNDBUF, bytes, name);
        }
    }
}
