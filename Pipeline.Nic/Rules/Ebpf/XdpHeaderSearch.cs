using System.Buffers.Binary;
using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Rules.Ebpf;

using static EbpfRegister;

/// <summary>Emits the work of <see cref="HeaderLocator"/> for Ethernet. It leaves the places of all bases on the stack.</summary>
/// <param name="withL4">Whether the transport header is needed as well.</param>
/// <param name="withProtocol">Whether the protocol's place is needed as well, that of later fragments included.</param>
internal sealed class XdpHeaderSearch(XdpPacket packet, bool withL4, bool withProtocol)
{
    private const int TypeAt = 12;
    private const int MostTags = 2;
    private const int MostExtensionHeaders = 8;
    private const int LeastExtensionHeader = 8;

    // The protocol of IPv4 (RFC 791 section 3.1), and the next header of IPv6 (RFC 8200 section 3).
    private const int IPv4ProtocolAt = 9;
    private const int NextHeaderAt = 6;

    private static readonly byte[] WithLengthInEights = [IpProtocol.HopByHop, IpProtocol.Routing, IpProtocol.DestinationOptions];

    private readonly EbpfAssembler _code = packet.Code;
    private readonly int _done = packet.Code.NewLabel();
    private readonly int _later = packet.Code.NewLabel();

    public void Emit()
    {
        _code.Comment("where l3 and l4 are");
        _code.Set(R1, XdpStack.Absent);
        _code.Store(EbpfSize.Word, R10, XdpStack.L3, R1);
        _code.Store(EbpfSize.Word, R10, XdpStack.L4, R1);
        if (withProtocol)
        {
            _code.Store(EbpfSize.Word, R10, XdpStack.Protocol, R1);
            _code.Store(EbpfSize.Word, R10, XdpStack.Later, R1);
        }

        EmitLinkHeader();
        if (withL4) EmitNetworkHeader();
        _code.Place(_done);
    }

    /// <summary>Leaves the Ethernet type in R1, as it lies in the packet.</summary>
    private void EmitLinkHeader()
    {
        var found = _code.NewLabel();
        for (var tags = 0; ; tags++)
        {
            var at = TypeAt + (4 * tags);
            packet.Require(at + 2, _done);
            _code.Load(EbpfSize.Half, R1, XdpPacket.Base, at);
            _code.Set(R2, (uint)(at + 2));
            if (tags == MostTags) break;
            var tagged = _code.NewLabel();
            _code.JumpIf32(EbpfCondition.Equal, R1, InPacket(EtherType.Vlan), tagged);
            _code.JumpIf32(EbpfCondition.Equal, R1, InPacket(EtherType.ServiceVlan), tagged);
            _code.JumpIf32(EbpfCondition.NotEqual, R1, InPacket(EtherType.OldServiceVlan), found);
            _code.Place(tagged);
        }

        _code.Place(found);
        _code.Store(EbpfSize.Word, R10, XdpStack.L3, R2);
    }

    private void EmitNetworkHeader()
    {
        var six = _code.NewLabel();
        _code.JumpIf32(EbpfCondition.Equal, R1, InPacket(EtherType.IPv6), six);
        _code.JumpIf32(EbpfCondition.NotEqual, R1, InPacket(EtherType.IPv4), _done);
        EmitIPv4();
        _code.Place(six);
        EmitIPv6();
        if (withProtocol) EmitLater();
    }

    private int LaterFragment => withProtocol ? _later : _done;

    private void EmitIPv4()
    {
        packet.LoadMoved(XdpStack.L3, _done);
        packet.RequireAtMoved(IPv4Header.MinSize, _done);
        EmitVersion(4);
        _code.Load(EbpfSize.Half, R5, XdpPacket.Base, 6);
        _code.Alu(EbpfAlu.And, R1, 0x0f);
        _code.JumpIf32(EbpfCondition.Less, R1, 5, _done);
        _code.Alu(EbpfAlu.ShiftLeft, R1, 2);
        if (withProtocol)
        {
            _code.Move(R4, XdpPacket.Moved);
            _code.Alu(EbpfAlu.Add, R4, IPv4ProtocolAt);
        }

        EmitSkip(R1);
        _code.JumpIf32(EbpfCondition.AnyBit, R5, InPacket(0x1fff), LaterFragment);
        EmitFound(XdpPacket.Moved, R4);
        _code.Jump(_done);
    }

    private void EmitFound(EbpfRegister l4, EbpfRegister protocol)
    {
        _code.Store(EbpfSize.Word, R10, XdpStack.L4, l4);
        if (withProtocol) _code.Store(EbpfSize.Word, R10, XdpStack.Protocol, protocol);
    }

    /// <summary>Both ways here leave the protocol's place in R4.</summary>
    private void EmitLater()
    {
        _code.Jump(_done);
        _code.Place(_later);
        _code.Store(EbpfSize.Word, R10, XdpStack.Later, R4);
    }

    private void EmitIPv6()
    {
        var found = _code.NewLabel();
        packet.LoadMoved(XdpStack.L3, _done);
        packet.RequireAtMoved(IPv6Header.Size, _done);
        EmitVersion(6);
        _code.Load(EbpfSize.Byte, R1, XdpPacket.Base, NextHeaderAt);
        _code.Store(EbpfSize.Word, R10, XdpStack.NextHeader, R1);
        if (withProtocol)
        {
            _code.Move(R4, XdpPacket.Moved);
            _code.Alu(EbpfAlu.Add, R4, NextHeaderAt);
            _code.Store(EbpfSize.Word, R10, XdpStack.NextNamedAt, R4);
        }

        _code.Alu(EbpfAlu.Add, XdpPacket.Moved, IPv6Header.Size);
        _code.Store(EbpfSize.Word, R10, XdpStack.NextAt, XdpPacket.Moved);
        for (var skipped = 0; skipped < MostExtensionHeaders; skipped++) EmitExtensionHeader(found);
        EmitIfSkipped(_done);
        _code.Place(found);
        _code.Load(EbpfSize.Word, R1, R10, XdpStack.NextHeader);
        _code.JumpIf32(EbpfCondition.Equal, R1, IpProtocol.NoNextHeader, _done);
        _code.Load(EbpfSize.Word, R2, R10, XdpStack.NextAt);
        if (withProtocol) _code.Load(EbpfSize.Word, R4, R10, XdpStack.NextNamedAt);
        EmitFound(R2, R4);
    }

    /// <summary>Skips an extension header, or continues at <paramref name="found"/> where there is none to skip.</summary>
    private void EmitExtensionHeader(int found)
    {
        var (fragment, authentication, known, other) = (_code.NewLabel(), _code.NewLabel(), _code.NewLabel(), _code.NewLabel());
        _code.Load(EbpfSize.Word, R1, R10, XdpStack.NextHeader);
        _code.JumpIf32(EbpfCondition.Equal, R1, IpProtocol.Fragment, fragment);
        _code.JumpIf32(EbpfCondition.Equal, R1, IpProtocol.AuthenticationHeader, authentication);
        foreach (var next in WithLengthInEights) _code.JumpIf32(EbpfCondition.Equal, R1, next, other);
        _code.Jump(found);

        _code.Place(fragment);
        EmitExtensionBase();
        _code.Load(EbpfSize.Half, R1, XdpPacket.Base, 2);
        if (withProtocol) _code.Move(R4, XdpPacket.Moved);
        _code.JumpIf32(EbpfCondition.AnyBit, R1, InPacket(0xfff8), LaterFragment);
        _code.Set(R1, LeastExtensionHeader);
        _code.Jump(known);

        _code.Place(authentication);
        EmitExtensionLength(added: 2, shift: 2);
        _code.Jump(known);

        _code.Place(other);
        EmitExtensionLength(added: 1, shift: 3);

        _code.Place(known);
        _code.Load(EbpfSize.Byte, R5, XdpPacket.Base, 0);
        _code.Store(EbpfSize.Word, R10, XdpStack.NextHeader, R5);
        if (withProtocol) _code.Store(EbpfSize.Word, R10, XdpStack.NextNamedAt, XdpPacket.Moved);
        EmitSkip(R1);
        _code.Store(EbpfSize.Word, R10, XdpStack.NextAt, XdpPacket.Moved);
    }

    private void EmitExtensionBase()
    {
        packet.LoadMoved(XdpStack.NextAt, _done);
        packet.RequireAtMoved(LeastExtensionHeader, _done);
    }

    /// <summary>Leaves a header's bytes in R1.</summary>
    private void EmitExtensionLength(int added, int shift)
    {
        EmitExtensionBase();
        _code.Load(EbpfSize.Byte, R1, XdpPacket.Base, 1);
        _code.Alu(EbpfAlu.Add, R1, added);
        _code.Alu(EbpfAlu.ShiftLeft, R1, shift);
    }

    private void EmitIfSkipped(int label)
    {
        _code.Load(EbpfSize.Word, R1, R10, XdpStack.NextHeader);
        foreach (var next in WithLengthInEights) _code.JumpIf32(EbpfCondition.Equal, R1, next, label);
        _code.JumpIf32(EbpfCondition.Equal, R1, IpProtocol.Fragment, label);
        _code.JumpIf32(EbpfCondition.Equal, R1, IpProtocol.AuthenticationHeader, label);
    }

    /// <summary>Leaves the first byte of the header in R1.</summary>
    private void EmitVersion(uint version)
    {
        _code.Load(EbpfSize.Byte, R1, XdpPacket.Base, 0);
        _code.Move(R5, R1);
        _code.Alu(EbpfAlu.ShiftRight, R5, 4);
        _code.JumpIf32(EbpfCondition.NotEqual, R5, version, _done);
    }

    /// <summary>Moves on by the number in a register, unless that leads beyond the packet's end. The end itself is allowed.</summary>
    private void EmitSkip(EbpfRegister bytes)
    {
        _code.Alu(EbpfAlu.Add, XdpPacket.Base, bytes);
        _code.JumpIf(EbpfCondition.Greater, XdpPacket.Base, XdpPacket.End, _done);
        _code.Alu(EbpfAlu.Add, XdpPacket.Moved, bytes);
    }

    /// <summary>The value of a two-byte number as this machine loads it from a packet.</summary>
    private static uint InPacket(ushort number) => BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(number) : number;
}
