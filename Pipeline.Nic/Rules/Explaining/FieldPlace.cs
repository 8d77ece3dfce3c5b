namespace Pipeline.Nic.Rules.Explaining;

/// <summary>The header that a term reads in, where its address is one of the usual forms.</summary>
internal enum HeaderPlace
{
    Unknown,
    Ethernet,
    Network,
    Transport,
    TcpPayload,

    /// <summary>The byte that names the protocol of the transport header, or of a later fragment.</summary>
    Protocol,
    LaterFragment,
}

/// <summary>An address as a header and an offset in it.</summary>
/// <param name="IsAssumed">Whether that holds only after an untagged Ethernet header.</param>
internal readonly record struct FieldPlace(HeaderPlace Header, int Offset, bool IsAssumed)
{
    private const int EthernetBytes = 14;

    // The length of an IPv4 header, as rules read it from its first byte: 4 times the low four bits.
    private static readonly AddressStep HeaderLength = new(0, 1, 0x0f, 2);

    // The length of a TCP header: 4 times the high four bits of its 13th byte.
    private static readonly AddressStep TcpHeaderLength = new(12, 1, 0xf0, -2);

    public static FieldPlace Of(FieldAddress address)
    {
        var (header, offset, assumed) = Start(address.Base);
        foreach (var step in address.Steps)
        {
            if (header == HeaderPlace.Ethernet) (header, offset, assumed) = (HeaderPlace.Network, offset - EthernetBytes, true);
            var at = step with { Offset = step.Offset + offset };
            if (header == HeaderPlace.Network && at == HeaderLength) header = HeaderPlace.Transport;
            else if (header == HeaderPlace.Transport && at == TcpHeaderLength) header = HeaderPlace.TcpPayload;
            else return default;
        }

        offset += address.Offset;
        if (header == HeaderPlace.Ethernet && offset >= EthernetBytes)
            return new FieldPlace(HeaderPlace.Network, offset - EthernetBytes, true);
        return offset < 0 ? default : new FieldPlace(header, offset, assumed);
    }

    private static (HeaderPlace Header, int Offset, bool IsAssumed) Start(FieldBase fieldBase) => fieldBase switch
    {
        FieldBase.L3 => (HeaderPlace.Network, 0, false),
        FieldBase.L4 => (HeaderPlace.Transport, 0, false),
        FieldBase.Protocol => (HeaderPlace.Protocol, 0, false),
        FieldBase.Later => (HeaderPlace.LaterFragment, 0, false),
        _ => (HeaderPlace.Ethernet, 0, false),
    };
}
