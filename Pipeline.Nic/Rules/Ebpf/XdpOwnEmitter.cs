using Pipeline.Nic.Headers;
using Pipeline.Nic.Rules.Guards;

namespace Pipeline.Nic.Rules.Ebpf;

using static EbpfRegister;

/// <summary>
/// Emits the guard <c>own</c>: it asks for the socket of a packet that is about to be taken. The packet stays with the kernel if it belongs
/// to a connection of this machine, or answers a question of it. A look-up costs some 60 ns, so no other packet pays for it.
/// </summary>
/// <param name="maps">The program's maps. One is added where servers are known.</param>
internal sealed class XdpOwnEmitter(XdpPacket packet, OwnReplies replies, List<EbpfMap> maps)
{
    /// <summary>The namespace of the packet's device (BPF_F_CURRENT_NETNS, linux/bpf.h). 0 is a number, and not this.</summary>
    private const int ThisNamespace = -1;

    /// <summary>In struct bpf_sock, linux/bpf.h.</summary>
    private const int StateAt = 72;

    // net/tcp_states.h. A UDP socket with a peer is established, and one without is closed.
    private const uint Established = 1;
    private const uint Listening = 10;
    private const uint NewSynReceived = 12;

    /// <summary>Bytes of struct bpf_sock_tuple for each version of IP.</summary>
    private const uint V4TupleBytes = 12;
    private const uint V6TupleBytes = 36;

    // Source addresses, which the destination follows (RFC 791 section 3.1, RFC 8200 section 3).
    private const int V4SourceAt = 12;
    private const int V6SourceAt = 8;

    private const int PortsBytes = 4;
    private const int AllPorts = ushort.MaxValue + 1;

    private readonly EbpfAssembler _code = packet.Code;

    /// <param name="place">The place that counts the guard.</param>
    /// <param name="kept">The label to continue at, with the place on the stack, for a packet that is kept.</param>
    /// <param name="hasHits">Whether there is a list of rules that matched. They do not count the packet then.</param>
    public void Emit(int place, int kept, bool hasHits)
    {
        var (taken, own) = (_code.NewLabel(), _code.NewLabel());
        _code.Comment("guard own: the packet's socket");
        EmitTuple(taken);
        EmitProtocol(taken);
        if (replies.Tracking is { } functions)
        {
            var undecided = _code.NewLabel();
            EmitLookup(undecided, own);
            _code.Jump(own);
            _code.Place(undecided);
            new XdpTrackingEmitter(packet, functions).Emit(own);
            _code.Jump(taken);
        }
        else EmitLookup(taken, own);

        _code.Place(own);
        _code.Store(EbpfSize.Word, R10, XdpStack.Place, (uint)place);
        if (hasHits) _code.Store(EbpfSize.Word, R10, XdpStack.HitCount, 0u);
        _code.Jump(kept);
        _code.Place(taken);
    }

    /// <summary>Leaves the tuple on the stack as the packet has it: its source is the socket's peer. Leaves its length in R5.</summary>
    private void EmitTuple(int none)
    {
        var (six, known) = (_code.NewLabel(), _code.NewLabel());
        packet.LoadMoved(XdpStack.L4, none);
        packet.RequireAtMoved(PortsBytes, none);
        _code.Load(EbpfSize.Word, R1, XdpPacket.Base, 0);
        _code.Store(EbpfSize.Word, R10, XdpStack.SocketPorts, R1);
        packet.LoadMoved(XdpStack.L3, none);
        packet.RequireAtMoved(IPv4Header.MinSize, none);
        _code.Load(EbpfSize.Byte, R1, XdpPacket.Base, 0);
        _code.Alu(EbpfAlu.ShiftRight, R1, 4);
        _code.JumpIf32(EbpfCondition.NotEqual, R1, 4, six);
        EmitAddresses(V4SourceAt, EbpfSize.Word, sizeof(uint));
        EmitPorts(V4TupleBytes);
        _code.Jump(known);

        _code.Place(six);
        packet.RequireAtMoved(IPv6Header.Size, none);
        EmitAddresses(V6SourceAt, EbpfSize.Double, sizeof(ulong));
        EmitAddresses(V6SourceAt + 16, EbpfSize.Double, sizeof(ulong), XdpStack.SocketTuple + 16);
        EmitPorts(V6TupleBytes);
        _code.Place(known);
    }

    /// <summary>Copies two words.</summary>
    private void EmitAddresses(int from, EbpfSize size, int bytes, int to = XdpStack.SocketTuple)
    {
        for (var i = 0; i < 2; i++)
        {
            _code.Load(size, R1, XdpPacket.Base, from + (i * bytes));
            _code.Store(size, R10, to + (i * bytes), R1);
        }
    }

    private void EmitPorts(uint tupleBytes)
    {
        _code.Load(EbpfSize.Word, R1, R10, XdpStack.SocketPorts);
        _code.Store(EbpfSize.Word, R10, XdpStack.SocketTuple + (int)tupleBytes - PortsBytes, R1);
        _code.Set(R5, tupleBytes);
        if (replies.Tracking is not null) _code.Store(EbpfSize.Double, R10, XdpStack.SocketTupleBytes, R5);
    }

    /// <summary>Leaves the protocol in R0, if it is TCP or UDP.</summary>
    private void EmitProtocol(int none)
    {
        var known = _code.NewLabel();
        packet.LoadMoved(XdpStack.Protocol, none);
        packet.RequireAtMoved(1, none);
        _code.Load(EbpfSize.Byte, R0, XdpPacket.Base, 0);
        if (replies.Tracking is not null) _code.Store(EbpfSize.Word, R10, XdpStack.SocketProtocol, R0);
        _code.JumpIf32(EbpfCondition.Equal, R0, IpProtocol.Udp, known);
        _code.JumpIf32(EbpfCondition.NotEqual, R0, IpProtocol.Tcp, none);
        _code.Place(known);
    }

    /// <summary>Asks for the socket. If the packet is this machine's, the program goes on at <paramref name="own"/> or here.</summary>
    private void EmitLookup(int none, int own)
    {
        var udp = _code.NewLabel();
        _code.Move(R1, XdpPacket.Context);
        _code.Move(R2, R10);
        _code.Alu(EbpfAlu.Add, R2, XdpStack.SocketTuple);
        _code.Move(R3, R5);
        _code.Alu(EbpfAlu.Move, R4, ThisNamespace);
        _code.Set(R5, 0u);
        _code.JumpIf32(EbpfCondition.Equal, R0, IpProtocol.Udp, udp);
        EmitState(EbpfHelper.FindTcpSocket, none);
        _code.JumpIf32(EbpfCondition.Equal, R1, Listening, none);
        _code.JumpIf32(EbpfCondition.Equal, R1, NewSynReceived, none);
        _code.Jump(own);

        _code.Place(udp);
        EmitState(EbpfHelper.FindUdpSocket, none);
        _code.JumpIf32(EbpfCondition.Equal, R1, Established, own);
        if (replies.ServedPorts.Count > 0) EmitServed(none);
    }

    /// <summary>Leaves the state of the packet's socket in R1. The socket found is held until it is released.</summary>
    private void EmitState(EbpfHelper find, int none)
    {
        _code.Call(find);
        _code.JumpIf(EbpfCondition.Equal, R0, 0, none);
        _code.Load(EbpfSize.Word, R1, R0, StateAt);
        _code.Store(EbpfSize.Word, R10, XdpStack.SocketState, R1);
        _code.Move(R1, R0);
        _code.Call(EbpfHelper.ReleaseSocket);
        _code.Load(EbpfSize.Word, R1, R10, XdpStack.SocketState);
    }

    /// <summary>Continues at <paramref name="served"/> for a packet to a server's port. Each port has a bit.</summary>
    private void EmitServed(int served)
    {
        var bits = new byte[AllPorts / 8];
        foreach (var port in replies.ServedPorts) bits[port / 8] |= (byte)(1 << (port % 8));
        _code.SetToMapValue(R3, maps.Count, 0);
        maps.Add(new EbpfMap("served", EbpfMapType.Array, sizeof(uint), bits.Length, 1, new byte[sizeof(uint)], bits));
        _code.Load(EbpfSize.Half, R1, R10, XdpStack.SocketPorts + sizeof(ushort));
        _code.ToBigEndian(R1, 16);
        _code.Alu(EbpfAlu.And, R1, ushort.MaxValue);
        _code.Move(R2, R1);
        _code.Alu(EbpfAlu.ShiftRight, R2, 3);
        _code.Alu(EbpfAlu.Add, R3, R2);
        _code.Load(EbpfSize.Byte, R2, R3, 0);
        _code.Alu(EbpfAlu.And, R1, 7);
        _code.Alu(EbpfAlu.ShiftRight, R2, R1);
        _code.JumpIf32(EbpfCondition.AnyBit, R2, 1, served);
    }
}
