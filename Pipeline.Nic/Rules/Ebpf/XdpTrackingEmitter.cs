namespace Pipeline.Nic.Rules.Ebpf;

using static EbpfRegister;

/// <summary>
/// Emits the second question of the guard <c>own</c>: whether the packet belongs to a tracked connection that began here. It is asked where
/// the packet's socket did not decide. The kernel's answer is exact for UDP without a peer, and for connections of containers.
/// </summary>
/// <param name="functions">
/// The numbers of the kernel's functions bpf_xdp_ct_lookup and bpf_ct_release (net/netfilter/nf_conntrack_bpf.c).
/// </param>
internal sealed class XdpTrackingEmitter(XdpPacket packet, (int Lookup, int Release) functions)
{
    // struct bpf_ct_opts, net/netfilter/nf_conntrack_bpf.c; 12 bytes are its first form, which later kernels take as well.
    private const int OptionsBytes = 12;
    private const int ErrorAt = 4;
    private const int ProtocolAt = 8;
    private const int DirectionAt = 9;

    /// <summary>
    /// The packet goes the other way than the one that began the connection (IP_CT_DIR_REPLY, nf_conntrack_tuple_common.h).
    /// </summary>
    private const uint Reply = 1;

    private readonly EbpfAssembler _code = packet.Code;

    /// <summary>The tuple of the packet and its length are on the stack.</summary>
    /// <param name="own">The label to continue at for a connection that began here. Otherwise the program continues after the code.</param>
    public void Emit(int own)
    {
        var none = _code.NewLabel();
        _code.Comment("guard own: the packet's connection");
        _code.Store(EbpfSize.Word, R10, XdpStack.TrackingOptions, uint.MaxValue);
        _code.Store(EbpfSize.Word, R10, XdpStack.TrackingOptions + ErrorAt, 0u);
        _code.Store(EbpfSize.Word, R10, XdpStack.TrackingOptions + ProtocolAt, 0u);
        _code.Load(EbpfSize.Word, R1, R10, XdpStack.SocketProtocol);
        _code.Store(EbpfSize.Byte, R10, XdpStack.TrackingOptions + ProtocolAt, R1);
        _code.Move(R1, XdpPacket.Context);
        _code.Move(R2, R10);
        _code.Alu(EbpfAlu.Add, R2, XdpStack.SocketTuple);
        _code.Load(EbpfSize.Double, R3, R10, XdpStack.SocketTupleBytes);
        _code.Move(R4, R10);
        _code.Alu(EbpfAlu.Add, R4, XdpStack.TrackingOptions);
        _code.Set(R5, OptionsBytes);
        _code.CallKernel(functions.Lookup);
        _code.JumpIf(EbpfCondition.Equal, R0, 0, none);
        _code.Move(R1, R0);
        _code.CallKernel(functions.Release);
        _code.Load(EbpfSize.Byte, R1, R10, XdpStack.TrackingOptions + DirectionAt);
        _code.JumpIf32(EbpfCondition.Equal, R1, Reply, own);
        _code.Place(none);
    }
}
