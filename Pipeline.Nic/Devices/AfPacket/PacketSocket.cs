using Microsoft.Win32.SafeHandles;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Devices.AfPacket;

/// <summary>
/// A packet socket with a receive ring, bound to an interface. It sees packets that come in, and those that this host sends only if it is
/// asked for them. One thread at a time.
/// </summary>
internal sealed class PacketSocket : IDisposable
{
    private readonly string _name;
    private readonly bool _isPromiscuous;
    private readonly PacketDirection _direction;
    private readonly FanoutGroup? _group;
    private SafeFileHandle _socket;
    private FanoutGroup.Membership? _membership;
    private int _boundTo;
    private bool _isAdmitting;

    private PacketSocket(SafeFileHandle socket, string name, AfPacketOptions options, FanoutGroup? group)
    {
        (_socket, _name, _group) = (socket, name, group);
        (_isPromiscuous, _direction) = (options.IsPromiscuous, options.Direction);
    }

    /// <summary>The descriptor to wait on until a block is ready or an error is there.</summary>
    public int Descriptor => (int)_socket.DangerousGetHandle();

    /// <summary>What the interface's packets start with.</summary>
    public LinkType LinkType { get; private set; }

    /// <summary>The ring. Whoever takes it owns it.</summary>
    public PacketRing Ring { get; private set; } = null!;

    /// <summary>Opens a socket that takes no packets until <see cref="TryAdmit"/> lets them in.</summary>
    /// <param name="group">The group that it becomes a member of; null where it is alone.</param>
    /// <exception cref="FileNotFoundException">There is no such interface.</exception>
    /// <exception cref="UnauthorizedAccessException">The process lacks permission to open packet sockets.</exception>
    /// <exception cref="IOException">The system refuses the ring, or the interface is of a kind that is not read.</exception>
    public static PacketSocket Open(string name, AfPacketOptions options, FanoutGroup? group)
    {
        // The socket has no protocol yet: with one it would take packets of all interfaces until it is bound.
        var opened = new PacketSocket(Create(name), name, options, group);
        try
        {
            if (NetDevice.IndexOf(opened._socket, name) is not { } index) throw new FileNotFoundException($"there is no interface {name}");
            opened.LinkType = opened.LinkTypeNow() ?? throw new IOException(
                $"{name}: its packets begin with a header of a kind that is not read (type {NetDevice.HardwareOf(opened._socket, name)})");
            opened.Stop();
            opened.Ring = PacketRing.Create(opened._socket, name, options);
            opened.BindTo(index);
            opened.TryJoin();
            return opened;
        }
        catch
        {
            opened.Abandon();
            throw;
        }
    }

    /// <summary>Closes it with its ring, where nobody has taken that.</summary>
    public void Abandon()
    {
        Ring?.Dispose();
        Dispose();
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

        if (MustBeReplaced()) return $"{_name} is another interface now; it is read when all packets of the earlier one are done with";
        if ((index != _boundTo || IsUnbound) && !TryBindTo(index)) return $"there is no interface {_name}";
        return TryAdmit() && NetDevice.IsUp(_socket, _name) == true ? null : $"{_name} is down";
    }

    /// <summary>Lets packets in, as a member of its group if it has one.</summary>
    /// <returns>False where the group takes no members while the interface is down.</returns>
    public bool TryAdmit()
    {
        if (_isAdmitting) return true;
        if (!TryJoin()) return false;
        SocketFilter.AttachDirection(
            _socket, incoming: _direction != PacketDirection.Out, outgoing: _direction != PacketDirection.In, _name);
        _isAdmitting = true;
        return true;
    }

    /// <summary>
    /// Whether it belongs to a group of an interface that is gone, or that has another name now. Such a socket cannot be bound again. It
    /// takes no more packets then.
    /// </summary>
    public bool MustBeReplaced()
    {
        if (_membership is null || (!IsUnbound && NetDevice.IndexOf(_socket, _name) == _boundTo)) return false;
        LetGo();
        return true;
    }

    /// <summary>
    /// Takes a new socket in place of one that <see cref="MustBeReplaced"/>, with the ring where it was. Every packet of the ring must be
    /// done with. The new one is bound by <see cref="Rebind"/>.
    /// </summary>
    /// <returns>Why it could not be made; null where it was.</returns>
    public string? Replace()
    {
        SafeFileHandle? next = null;
        try
        {
            next = Create(_name);
            SocketFilter.AttachNothing(next, _name);
            Ring.MoveTo(next);
        }
        catch (IOException e)
        {
            next?.Dispose();
            return e.Message;
        }

        Dispose();
        _socket = next;
        return null;
    }

    /// <summary>Stops packets from coming in.</summary>
    public void Stop()
    {
        SocketFilter.AttachNothing(_socket, _name);
        _isAdmitting = false;
    }

    /// <summary>
    /// Closes the descriptor. The ring might still be mapped, and then keeps the socket alive. No packets come in any more.
    /// </summary>
    public void Dispose()
    {
        if (_socket.IsClosed) return;
        LetGo();
        _socket.Dispose();
        if (_membership is not null) _group!.Leave(_membership);
        _membership = null;
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

    private bool TryJoin()
    {
        if (_group is not null) _membership ??= _group.TryJoin(_socket, _name);
        return _group is null || _membership is not null;
    }

    /// <summary>The filter still lets nothing in: a member of a group must have joined it first, or two sockets get each packet.</summary>
    private void BindTo(int index)
    {
        LetGo();
        SysSocket.Bind(_socket, IfPacket.AddressOf(index), _name);
        _boundTo = index;
        if (_isPromiscuous) SetPromiscuous(IfPacket.PACKET_ADD_MEMBERSHIP, index);
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
