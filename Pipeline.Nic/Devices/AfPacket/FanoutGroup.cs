using Microsoft.Win32.SafeHandles;
using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Devices.AfPacket;

/// <summary>The sockets that share an interface's packets (PACKET_FANOUT): each packet goes to one of them. Any thread.</summary>
/// <remarks>
/// The kernel ties a group to its first member's interface for good. A member can neither be bound again nor leave, except by being closed
/// (Linux, net/packet/af_packet.c: packet_do_bind, fanout_add). So an interface that was made anew gets new sockets and a new group. The
/// first of them to be ready makes the group, and the others join it.
/// </remarks>
internal sealed class FanoutGroup
{
    private readonly Lock _gate = new();
    private readonly ushort _type;
    private readonly bool _ignoresOutgoing;
    private Membership? _current;

    public FanoutGroup(AfPacketOptions options)
    {
        var type = options.Steering switch
        {
            AfPacketSteering.Queue => IfPacket.FANOUT_QM,
            AfPacketSteering.Cpu => IfPacket.FANOUT_CPU,
            _ => IfPacket.FANOUT_HASH,
        };
        _type = options.RollsOver ? (ushort)(type | IfPacket.FANOUT_FLAG_ROLLOVER) : type;
        _ignoresOutgoing = options.Direction == PacketDirection.In;
    }

    /// <summary>The kernel's group that a socket is in.</summary>
    internal sealed class Membership(ushort id, ushort type, int interfaceIndex)
    {
        public ushort Id { get; } = id;

        public ushort Type { get; } = type;

        /// <summary>The interface that it was made for.</summary>
        public int InterfaceIndex { get; } = interfaceIndex;

        public int Members { get; set; }
    }

    /// <summary>
    /// Adds a socket that is bound. Where the group of its interface refuses it now, none is made beside that one: two groups of one
    /// interface get each packet twice.
    /// </summary>
    /// <param name="interfaceIndex">What it is bound to.</param>
    /// <returns>The group; null where the kernel takes no member now. Some kernels take none while the interface is down.</returns>
    public Membership? TryJoin(SafeFileHandle socket, int interfaceIndex, string name)
    {
        lock (_gate)
        {
            if (_current is not null && _current.InterfaceIndex == interfaceIndex)
            {
                if (!TrySet(socket, IfPacket.FanoutOf(_current.Id, _current.Type), name)) return null;
            }
            else
            {
                if (TryMake(socket, interfaceIndex, name) is not { } made) return null;
                _current = made;
            }

            _current.Members++;
            return _current;
        }
    }

    /// <summary>
    /// Says that a group's interface is gone. Another can have got its number, and members that are not closed yet must not keep that
    /// one's sockets waiting.
    /// </summary>
    public void Retire(Membership group)
    {
        lock (_gate)
        {
            if (group == _current) _current = null;
        }
    }

    /// <summary>Says that a member is being closed. Another program can get the number of a group that has no members.</summary>
    public void Leave(Membership group)
    {
        lock (_gate)
        {
            if (--group.Members == 0 && group == _current) _current = null;
        }
    }

    /// <summary>The filter keeps outgoing packets out on all kernels. The flag spares those that know it the call of the filter.</summary>
    private Membership? TryMake(SafeFileHandle socket, int interfaceIndex, string name)
    {
        var quiet = (ushort)(_type | IfPacket.FANOUT_FLAG_IGNORE_OUTGOING);
        if (_ignoresOutgoing && TryMakeOf(socket, quiet, name)) return Made(socket, quiet, interfaceIndex, name);
        return TryMakeOf(socket, _type, name) ? Made(socket, _type, interfaceIndex, name) : null;
    }

    private static bool TryMakeOf(SafeFileHandle socket, ushort type, string name) =>
        TrySet(socket, IfPacket.FanoutOf(0, (ushort)(type | IfPacket.FANOUT_FLAG_UNIQUEID)), name);

    private static Membership Made(SafeFileHandle socket, ushort type, int interfaceIndex, string name)
    {
        var fanout = SysSocket.GetOption<int>(socket, SysSocket.SOL_PACKET, IfPacket.PACKET_FANOUT, name);
        return new Membership((ushort)fanout, type, interfaceIndex);
    }

    private static bool TrySet(SafeFileHandle socket, int fanout, string name)
    {
        try
        {
            SysSocket.SetOption(socket, SysSocket.SOL_PACKET, IfPacket.PACKET_FANOUT, fanout, name);
            return true;
        }
        catch (LinuxException e) when (e.Errno == Errno.EINVAL)
        {
            return false;
        }
    }
}
