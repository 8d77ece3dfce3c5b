using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Rules.Cbpf;

/// <summary>
/// Emits the work of <see cref="HeaderLocator"/> for Ethernet as classic BPF. It leaves the places of l3 and l4 in two words of memory, 0
/// where absent.
/// </summary>
internal sealed class HeaderSearch(CbpfAssembler code)
{
    public const uint L3 = 14;
    public const uint L4 = 13;
    private const uint Value = 12;
    private const uint Bytes = 11;

    private const uint TypeAt = 12;
    private const int MostTags = 2;
    private const int MostExtensionHeaders = 8;

    private readonly int _done = code.NewLabel();

    /// <param name="l4">Whether the transport header is needed as well.</param>
    /// <param name="ipv6">Whether it is needed after IPv6 too. IPv6's chain of headers makes a program ten times as long.</param>
    public void Emit(bool l4, bool ipv6)
    {
        code.Emit(CbpfOpcode.LdImm);
        code.Emit(CbpfOpcode.St, L3);
        code.Emit(CbpfOpcode.St, L4);
        EmitLinkHeader();
        if (l4) EmitNetworkHeader(ipv6);
        code.Place(_done);
    }

    /// <summary>Leaves the Ethernet type in A and l3 in X and in memory.</summary>
    private void EmitLinkHeader()
    {
        var found = code.NewLabel();
        for (var tags = 0u; ; tags++)
        {
            var at = TypeAt + (4 * tags);
            code.Emit(CbpfOpcode.LdLen);
            code.Branch(CbpfOpcode.JgeK, at + 2, CbpfAssembler.Next, _done);
            code.Emit(CbpfOpcode.LdxImm, at + 2);
            code.Emit(CbpfOpcode.LdHalfAbs, at);
            if (tags == MostTags) break;
            var tagged = code.NewLabel();
            foreach (var tag in new uint[] { EtherType.Vlan, EtherType.ServiceVlan })
                code.Branch(CbpfOpcode.JeqK, tag, tagged, CbpfAssembler.Next);
            code.Branch(CbpfOpcode.JeqK, EtherType.OldServiceVlan, CbpfAssembler.Next, found);
            code.Place(tagged);
        }

        code.Place(found);
        code.Emit(CbpfOpcode.Stx, L3);
    }

    private void EmitNetworkHeader(bool ipv6)
    {
        var six = ipv6 ? code.NewLabel() : _done;
        code.Branch(CbpfOpcode.JeqK, EtherType.IPv6, six, CbpfAssembler.Next);
        code.Branch(CbpfOpcode.JeqK, EtherType.IPv4, CbpfAssembler.Next, _done);
        EmitIPv4();
        if (!ipv6) return;
        code.Place(six);
        EmitIPv6();
    }

    private void EmitIPv4()
    {
        Guard(IPv4Header.MinSize);
        EmitVersion(4);
        code.Emit(CbpfOpcode.LdHalfInd, 6);
        code.Branch(CbpfOpcode.JsetK, 0x1fff, _done, CbpfAssembler.Next);
        code.Emit(CbpfOpcode.LdByteInd);
        code.Emit(CbpfOpcode.AndK, 0x0f);
        code.Branch(CbpfOpcode.JgeK, 5, CbpfAssembler.Next, _done);
        code.Emit(CbpfOpcode.LshK, 2);
        AddToX();
        EmitIfWithin();
    }

    private void EmitIPv6()
    {
        var found = code.NewLabel();
        Guard(IPv6Header.Size);
        EmitVersion(6);
        code.Emit(CbpfOpcode.LdByteInd, 6);
        code.Emit(CbpfOpcode.St, Value);
        code.Emit(CbpfOpcode.LdImm, IPv6Header.Size);
        AddToX();
        for (var skipped = 0; skipped <= MostExtensionHeaders; skipped++)
            EmitExtensionHeader(found, isOneTooMany: skipped == MostExtensionHeaders);
        code.Place(found);
        code.Branch(CbpfOpcode.JeqK, IpProtocol.NoNextHeader, _done, CbpfAssembler.Next);
        EmitIfWithin();
    }

    /// <summary>Continues at <paramref name="found"/>, with the header's number in A, unless there is a header to skip.</summary>
    private void EmitExtensionHeader(int found, bool isOneTooMany)
    {
        var (fragment, authentication, known, other) = (code.NewLabel(), code.NewLabel(), code.NewLabel(), code.NewLabel());
        code.Emit(CbpfOpcode.LdMem, Value);
        if (isOneTooMany)
        {
            uint[] all =
            [
                IpProtocol.HopByHop, IpProtocol.Routing, IpProtocol.Fragment, IpProtocol.DestinationOptions,
                IpProtocol.AuthenticationHeader,
            ];
            foreach (var next in all)
                code.Branch(CbpfOpcode.JeqK, next, _done, CbpfAssembler.Next);
            return;
        }

        code.Branch(CbpfOpcode.JeqK, IpProtocol.Fragment, fragment, CbpfAssembler.Next);
        code.Branch(CbpfOpcode.JeqK, IpProtocol.AuthenticationHeader, authentication, CbpfAssembler.Next);
        foreach (var next in new uint[] { IpProtocol.HopByHop, IpProtocol.Routing })
            code.Branch(CbpfOpcode.JeqK, next, other, CbpfAssembler.Next);
        code.Branch(CbpfOpcode.JeqK, IpProtocol.DestinationOptions, other, found);

        code.Place(fragment);
        Guard(8);
        code.Emit(CbpfOpcode.LdHalfInd, 2);
        code.Branch(CbpfOpcode.JsetK, 0xfff8, _done, CbpfAssembler.Next);
        code.Emit(CbpfOpcode.LdImm, 8);
        code.Jump(known);

        code.Place(authentication);
        EmitLength(added: 2, shift: 2);
        code.Jump(known);

        code.Place(other);
        EmitLength(added: 1, shift: 3);

        code.Place(known);
        code.Emit(CbpfOpcode.St, Bytes);
        code.Emit(CbpfOpcode.LdByteInd);
        code.Emit(CbpfOpcode.St, Value);
        code.Emit(CbpfOpcode.LdMem, Bytes);
        AddToX();
        code.Emit(CbpfOpcode.LdLen);
        code.Branch(CbpfOpcode.JgeX, 0, CbpfAssembler.Next, _done);
    }

    private void EmitLength(uint added, uint shift)
    {
        Guard(8);
        code.Emit(CbpfOpcode.LdByteInd, 1);
        code.Emit(CbpfOpcode.AddK, added);
        code.Emit(CbpfOpcode.LshK, shift);
    }

    /// <summary>Continues if that many bytes are there from X on.</summary>
    private void Guard(uint bytes)
    {
        code.Emit(CbpfOpcode.LdLen);
        code.Emit(CbpfOpcode.SubX);
        code.Branch(CbpfOpcode.JgeK, bytes, CbpfAssembler.Next, _done);
    }

    private void EmitVersion(uint version)
    {
        code.Emit(CbpfOpcode.LdByteInd);
        code.Emit(CbpfOpcode.RshK, 4);
        code.Branch(CbpfOpcode.JeqK, version, CbpfAssembler.Next, _done);
    }

    private void AddToX()
    {
        code.Emit(CbpfOpcode.AddX);
        code.Emit(CbpfOpcode.Tax);
    }

    /// <summary>Stores X as l4 if it is not after the end.</summary>
    private void EmitIfWithin()
    {
        code.Emit(CbpfOpcode.LdLen);
        code.Branch(CbpfOpcode.JgeX, 0, CbpfAssembler.Next, _done);
        code.Emit(CbpfOpcode.Stx, L4);
        code.Jump(_done);
    }
}
