using Microsoft.Win32.SafeHandles;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Devices.AfPacket;

/// <summary>How it follows an interface that goes and comes back.</summary>
internal sealed partial class PacketSocket
{
    /// <summary>Whether the interface it was bound to is gone: the kernel then reports an index that does not exist.</summary>
    private bool IsUnbound => SysSocket.NameOf<IfPacket.sockaddr_ll>(_socket, _name).sll_ifindex < 0;

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
            _socket, incoming: _direction != PacketDirection.Out, outgoing: _direction != PacketDirection.In, _preFilter, _name);
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
        _group!.Retire(_membership);
        LetGo();
        return true;
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

    private LinkType? LinkTypeNow() => LinkTypeOf(_socket, _name);

    /// <summary>What an interface's packets start with; null where that is not known here, or there is no such interface.</summary>
    internal static LinkType? LinkTypeOf(SafeFileHandle socket, string name) => NetDevice.HardwareOf(socket, name) switch
    {
        NetDevice.ARPHRD_ETHER or NetDevice.ARPHRD_LOOPBACK => LinkType.Ethernet,
        NetDevice.ARPHRD_NONE => LinkType.RawIp,
        _ => null,
    };

    private bool TryJoin()
    {
        if (_group is not null) _membership ??= _group.TryJoin(_socket, _boundTo, _name);
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
