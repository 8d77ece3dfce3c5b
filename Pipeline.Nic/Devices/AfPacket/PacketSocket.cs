using Microsoft.Win32.SafeHandles;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Devices.AfPacket;

/// <summary>
/// A packet socket with a receive ring, bound to an interface. It sees packets of the directions that the options name. One thread at
/// a time.
/// </summary>
internal sealed class PacketSocket : IDisposable
{
    private readonly SafeFileHandle _socket;
    private readonly string _name;
    private readonly bool _isPromiscuous;
    private readonly PacketDirection _direction;
    private int _boundTo;

    private PacketSocket(SafeFileHandle socket, string name, AfPacketOptions options) =>
        (_socket, _name, _isPromiscuous, _direction) = (socket, name, options.IsPromiscuous, options.Direction);

    /// <summary>The descriptor to wait on until a block is ready or an error is there.</summary>
    public int Descriptor => (int)_socket.DangerousGetHandle();

    /// <summary>What the interface's packets start with.</summary>
    public LinkType LinkType { get; private set; }

    /// <summary>The ring. Whoever takes it owns it.</summary>
    public PacketRing Ring { get; private set; } = null!;

    /// <exception cref="FileNotFoundException">There is no such interface.</exception>
    /// <exception cref="UnauthorizedAccessException">The process lacks permission to open packet sockets.</exception>
    /// <exception cref="IOException">The system refuses the ring, or the interface is of a kind that is not read.</exception>
    public static PacketSocket Open(string name, AfPacketOptions options)
    {
        // The socket has no protocol yet: with one it would take packets of all interfaces until it is bound.
        var opened = new PacketSocket(Create(name), name, options);
        try
        {
            if (NetDevice.IndexOf(opened._socket, name) is not { } index) throw new FileNotFoundException($"there is no interface {name}");
            opened.LinkType = opened.LinkTypeNow() ?? throw new IOException(
                $"{name}: its packets begin with a header of a kind that is not read (type {NetDevice.HardwareOf(opened._socket, name)})");
            opened.Stop();
            opened.Ring = PacketRing.Create(opened._socket, name, options);
            opened.BindTo(index);
            return opened;
        }
        catch
        {
            opened.Ring?.Dispose();
            opened.Dispose();
            throw;
        }
    }

    /// <summary>Takes the socket's pending error: until it is taken, every poll returns at once.</summary>
    public Errno TakeError() => (Errno)SysSocket.GetOption<int>(_socket, SysSocket.SOL_SOCKET, SysSocket.SO_ERROR, _name);

    /// <summary>
    /// Packets that the kernel took for the ring since the last call, and those of them that it dropped because no block was free.
    /// </summary>
    public (uint Packets, uint Drops) TakeStatistics()
    {
        var statistics = SysSocket.GetOption<IfPacket.tpacket_stats_v3>(_socket, SysSocket.SOL_PACKET, IfPacket.PACKET_STATISTICS, _name);
        return (statistics.tp_packets, statistics.tp_drops);
    }

    /// <summary>
    /// Binds to the interface again if it came back with another index. The ring stays as it is. An interface that has another name or
    /// another kind of link now is let go of: it would fill the ring once it is up.
    /// </summary>
    /// <returns>Why it gives no packets now; null where it does.</returns>
    public string? Rebind()
    {
        if (NetDevice.IndexOf(_socket, _name) is not { } index)
        {
            LetGo();
            return $"there is no interface {_name}";
        }

        if (LinkTypeNow() != LinkType)
        {
            LetGo();
            return $"{_name} came back as an interface of another kind";
        }

        if ((index != _boundTo || IsUnbound) && !TryBindTo(index)) return $"there is no interface {_name}";
        return NetDevice.IsUp(_socket, _name) == true ? null : $"{_name} is down";
    }

    /// <summary>Stops packets from coming in.</summary>
    public void Stop() => SocketFilter.AttachNothing(_socket, _name);

    /// <summary>
    /// Closes the descriptor. The ring might still be mapped, and then keeps the socket alive. No packets come in any more.
    /// </summary>
    public void Dispose()
    {
        if (_socket.IsClosed) return;
        LetGo();
        _socket.Dispose();
    }

    /// <summary>Whether the interface it was bound to is gone: the kernel then reports an index that does not exist.</summary>
    private bool IsUnbound => SysSocket.NameOf<IfPacket.sockaddr_ll>(_socket, _name).sll_ifindex < 0;

    private static SafeFileHandle Create(string name)
    {
        try
        {
            return SysSocket.Create(SysSocket.AF_PACKET, SysSocket.SOCK_RAW, 0, name);
        }
        catch (LinuxException e) when (e.Errno is Errno.EPERM or Errno.EACCES)
        {
            throw new MissingCapabilityException(name, "a packet socket", ["CAP_NET_RAW"], e);
        }
    }

    /// <returns>False when the interface has gone since it was looked up.</returns>
    private bool TryBindTo(int index)
    {
        try
        {
            BindTo(index);
            return true;
        }
        catch (LinuxException e) when (e.Errno == Errno.ENODEV)
        {
            return false;
        }
    }

    private LinkType? LinkTypeNow() => NetDevice.HardwareOf(_socket, _name) switch
    {
        NetDevice.ARPHRD_ETHER or NetDevice.ARPHRD_LOOPBACK => LinkType.Ethernet,
        NetDevice.ARPHRD_NONE => LinkType.RawIp,
        _ => null,
    };

    /// <summary>The filter lets packets in last: until then the socket might still be bound to another interface.</summary>
    private void BindTo(int index)
    {
        LetGo();
        SysSocket.Bind(_socket, IfPacket.AddressOf(index), _name);
        _boundTo = index;
        LetIn();
        if (_isPromiscuous) SetPromiscuous(IfPacket.PACKET_ADD_MEMBERSHIP, index);
    }

    private void LetIn()
    {
        if (_direction == PacketDirection.In) SocketFilter.AttachIncomingOnly(_socket, _name);
        else if (_direction == PacketDirection.Out) SocketFilter.AttachOutgoingOnly(_socket, _name);
        else SocketFilter.AttachEverything(_socket, _name);
    }

    /// <summary>Takes nothing more from the interface that it is bound to, and leaves that interface as it was.</summary>
    private void LetGo()
    {
        if (_boundTo == 0) return;
        Stop();
        if (_isPromiscuous && !IsUnbound) StopBeingPromiscuous();
        _boundTo = 0;
    }

    private void StopBeingPromiscuous()
    {
        try
        {
            SetPromiscuous(IfPacket.PACKET_DROP_MEMBERSHIP, _boundTo);
        }
        catch (LinuxException)
        {
            // The interface went at this moment, and the membership with it.
        }
    }

    private void SetPromiscuous(int option, int index) =>
        SysSocket.SetOption(
            _socket, SysSocket.SOL_PACKET, option,
            new IfPacket.packet_mreq { mr_ifindex = index, mr_type = IfPacket.PACKET_MR_PROMISC }, _name);
}
