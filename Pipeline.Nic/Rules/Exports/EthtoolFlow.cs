using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Rules.Exports;

/// <summary>A rule as one of ethtool's flows. There is one only where the flow matches exactly the packets that the rule matches.</summary>
internal sealed class EthtoolFlow
{
    private static readonly AddressStep Ipv4HeaderLength = new(0, 1, 0x0f, 2);

    // RFC 791 section 3.1 and RFC 8200 section 3; offsets from the IP header, the Ethernet header before it at negative ones.
    private static readonly EthtoolField[] Ethernet =
        [new("dst", -14, 6, EthtoolNotation.MacAddress), new("src", -8, 6, EthtoolNotation.MacAddress), new("proto", -2, 2)];
    private static readonly EthtoolField[] IPv4 =
        [new("src-ip", 12, 4, EthtoolNotation.IpAddress), new("dst-ip", 16, 4, EthtoolNotation.IpAddress), new("tos", 1, 1)];
    private static readonly EthtoolField[] IPv6 =
        [new("src-ip", 8, 16, EthtoolNotation.IpAddress), new("dst-ip", 24, 16, EthtoolNotation.IpAddress)];
    private static readonly EthtoolField[] Ports = [new("src-port", 0, 2), new("dst-port", 2, 2)];
    private const int PortBytes = 4;

    private static readonly EthtoolField DestinationMac = new("dst-mac", -14, 6, EthtoolNotation.MacAddress);

    private readonly U32Level _ip;
    private readonly HashSet<int> _open;
    private readonly List<string> _words = [];

    /// <summary>The end of the headers that every packet of the flow has.</summary>
    private int _end;

    private EthtoolFlow(U32Rule rule)
    {
        _ip = rule.Levels[0];
        _open = [.. _ip.ComparedBytes];
        var type = TypeOf(rule);
        if (_words.Count == 0 && type == "ether") throw new NotExpressibleException("it compares nothing");
        if (_ip.End > _end || rule.Levels.Skip(1).Any(l => l.End > PortBytes))
            throw new NotExpressibleException("it asks whether bytes are there, whatever they are");
        Words = type + string.Concat(_words.Select(w => " " + w));
        if (_open.Count > 0)
            throw new NotExpressibleException($"no field of its flow is byte {_open.Min() + 14} of the packet, or those bits of it");
    }

    /// <summary>The flow's type and fields.</summary>
    public string Words { get; }

    /// <exception cref="NotExpressibleException">There is no such flow.</exception>
    /// <exception cref="NeverMatchesException">It matches no packet.</exception>
    public static EthtoolFlow Of(TermRule rule) => new(U32Rule.Of(rule));

    private string TypeOf(U32Rule rule)
    {
        if (rule.Levels.Count == 1 && _open.All(at => at < 0))
        {
            foreach (var field in Ethernet) Take(field, _ip);
            return "ether";
        }

        var type = IsWhole(-2) && IsWhole(-1) ? (_ip.ByteAt(-2).Value << 8) | _ip.ByteAt(-1).Value : 0;
        if (type is not (EtherType.IPv4 or EtherType.IPv6))
            throw new NotExpressibleException("a flow of IP needs the Ethernet type, 12:ffff:0800 or 12:ffff:86dd");
        _open.ExceptWith([-2, -1]);
        _end = type == EtherType.IPv4 ? IPv4Header.MinSize : IPv6Header.Size;
        Take(DestinationMac, _ip);
        TakeVersion();
        foreach (var field in type == EtherType.IPv4 ? IPv4 : IPv6) Take(field, _ip);
        return type == EtherType.IPv4 ? OfIPv4(rule) : OfIPv6();
    }

    private string OfIPv4(U32Rule rule)
    {
        var protocol = new EthtoolField("l4proto", 9, 1);
        if (rule.Levels.Count == 1)
        {
            Take(protocol, _ip);
            return "ip4";
        }

        if (!rule.IsBehind(Ipv4HeaderLength))
            throw new NotExpressibleException("its base is moved by something else than the length of the IPv4 header");
        if (_ip.ByteAt(6) is not { Mask: 0x1f, Value: 0 } || _ip.ByteAt(7) is not { Mask: 0xff, Value: 0 })
            throw new NotExpressibleException("flows with ports have no later fragments in them; add 20:1fff:0000");
        _open.ExceptWith([6, 7]);
        return Transport(protocol, rule.Levels[1], 0, "4");
    }

    private string OfIPv6()
    {
        var protocol = new EthtoolField("l4proto", 6, 1);
        if (_open.Any(at => at >= IPv6Header.Size)) return Transport(protocol, _ip, IPv6Header.Size, "6");
        Take(protocol, _ip);
        return "ip6";
    }

    private string Transport(EthtoolField protocol, U32Level level, int start, string version)
    {
        var number = _ip.ByteAt(protocol.Offset);
        var name = number.Mask != 0xff
            ? null
            : number.Value switch { IpProtocol.Tcp => "tcp", IpProtocol.Udp => "udp", IpProtocol.Sctp => "sctp", _ => null };
        if (name is null) throw new NotExpressibleException("flows with ports are TCP, UDP or SCTP, and the rule has to say which");
        _open.Remove(protocol.Offset);
        var behind = start == 0 && level.ComparedBytes.Any(at => at is < 0 or >= PortBytes);
        if (behind) throw new NotExpressibleException("a flow has no bytes of the transport header but its ports");
        if (level == _ip) _end += PortBytes;
        foreach (var port in Ports) Take(port with { Offset = start + port.Offset }, level);
        return name + version;
    }

    private void TakeVersion()
    {
        if (_ip.ByteAt(0).Mask != 0xf0) return;
        var version = _ip.ByteAt(0).Value >> 4;
        if (version != (_ip.ByteAt(-2).Value == 0x08 ? 4 : 6))
            throw new NotExpressibleException("its IP version is not that of its Ethernet type");
        _open.Remove(0);
    }

    private void Take(EthtoolField field, U32Level level)
    {
        if (!field.IsIn(level)) return;
        _words.Add(field.Words(level));
        if (level == _ip) _open.ExceptWith(field.Bytes);
    }

    private bool IsWhole(int at) => _ip.ByteAt(at).Mask == 0xff;
}
