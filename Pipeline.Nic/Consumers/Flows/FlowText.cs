using System.Buffers.Text;
using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Consumers.Flows;

/// <summary>Flows as lines of comma-separated values (RFC 4180), UTF-8. Allocates nothing.</summary>
internal static class FlowText
{
    /// <summary>No line is longer: two IPv6 addresses of 39, six counts of 20, two times of 30, and the rest.</summary>
    public const int LongestLine = 360;

    private static readonly DateTime Epoch = DateTime.UnixEpoch;

    public static ReadOnlySpan<byte> Header =>
        "ether_type,protocol,source,source_port,destination,destination_port,packets,bytes,reverse_packets,reverse_bytes,first,last,"u8
        + "tcp_flags,reverse_tcp_flags,end_reason,icmp_type,icmp_code,vlan,released_packets,released_bytes\r\n"u8;

    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> line, in Flow flow, FlowEnd end)
    {
        var text = new LineWriter(line);
        WriteKey(ref text, flow);
        text.Number(flow.Packets);
        text.Number(flow.Bytes);
        text.Number(flow.ReversePackets);
        text.Number(flow.ReverseBytes);
        text.Time(flow.First);
        text.Time(flow.Last);
        var isTcp = flow.Key.Protocol == IpProtocol.Tcp;
        text.Flags(isTcp, flow.TcpFlags);
        text.Flags(isTcp, flow.ReverseTcpFlags);
        text.Text(Words(end));
        WriteMessage(ref text, flow);
        text.Vlans(flow.Key.Vlans);
        var missed = flow.Missed;
        text.Number(missed.Packets);
        text.Number(missed.Bytes);
        return text.EndLine();
    }

    /// <summary>Type and code that the source sends. Fragments have none.</summary>
    private static void WriteMessage(ref LineWriter text, in Flow flow)
    {
        var key = flow.Key;
        if (HasPorts(key) || (key.LowPort | key.HighPort) == 0)
        {
            text.Text(default);
            text.Text(default);
            return;
        }

        var message = flow.StartedByLow ? key.LowPort : key.HighPort;
        text.Number(message >> 8);
        text.Number(message & 0xff);
    }

    private static bool HasPorts(in FlowKey key) => key.Protocol is not (IpProtocol.Icmp or IpProtocol.IcmpV6);

    private static void WriteKey(ref LineWriter text, in Flow flow)
    {
        var key = flow.Key;
        text.Hex(key.EtherType);
        if (!key.IsIp)
        {
            for (var i = 0; i < 5; i++) text.Text(default);
            return;
        }

        var isV6 = key.EtherType == EtherType.IPv6;
        text.Text(Protocol(key.Protocol), key.Protocol);
        text.Address(flow.StartedByLow ? key.LowAddress : key.HighAddress, isV6);
        text.Number(!HasPorts(key) ? 0 : flow.StartedByLow ? key.LowPort : key.HighPort);
        text.Address(flow.StartedByLow ? key.HighAddress : key.LowAddress, isV6);
        text.Number(!HasPorts(key) ? 0 : flow.StartedByLow ? key.HighPort : key.LowPort);
    }

    private static ReadOnlySpan<byte> Protocol(byte protocol) => protocol switch
    {
        IpProtocol.Tcp => "tcp"u8,
        IpProtocol.Udp => "udp"u8,
        IpProtocol.Icmp => "icmp"u8,
        IpProtocol.IcmpV6 => "icmpv6"u8,
        IpProtocol.Sctp => "sctp"u8,
        _ => default,
    };

    private static ReadOnlySpan<byte> Words(FlowEnd end) => end switch
    {
        FlowEnd.IdleTimeout => "idle-timeout"u8,
        FlowEnd.ActiveTimeout => "active-timeout"u8,
        FlowEnd.LackOfResources => "lack-of-resources"u8,
        FlowEnd.ForcedEnd => "forced-end"u8,
        FlowEnd.EndOfFlowDetected => "end-of-flow-detected"u8,
        _ => default,
    };

    /// <summary>Fields one after another, a comma before each but the first.</summary>
    private ref struct LineWriter(Span<byte> line)
    {
        private readonly Span<byte> _line = line;
        private int _at;

        public void Text(ReadOnlySpan<byte> text)
        {
            Comma();
            text.CopyTo(_line[_at..]);
            _at += text.Length;
        }

        public void Text(ReadOnlySpan<byte> text, byte orNumber)
        {
            if (text.IsEmpty) Number(orNumber);
            else Text(text);
        }

        public void Number(long number)
        {
            Comma();
            Put(number, default);
        }

        public void Hex(ushort number)
        {
            Text("0x"u8);
            Put(number, new System.Buffers.StandardFormat('x', 4));
        }

        public void Flags(bool isTcp, byte flags)
        {
            Text(isTcp ? "0x"u8 : default);
            if (isTcp) Put(flags, new System.Buffers.StandardFormat('x', 2));
        }

        /// <summary>RFC 3339, to the nanosecond; nothing where no packet had a time.</summary>
        public void Time(long nanoseconds)
        {
            Comma();
            if (nanoseconds == Flow.NoTime) return;
            var (ticks, rest) = Math.DivRem(nanoseconds, TimeSpan.NanosecondsPerTick);
            if (rest < 0) (ticks, rest) = (ticks - 1, rest + TimeSpan.NanosecondsPerTick);
            Epoch.AddTicks(ticks).TryFormat(_line[_at..], out var written, "yyyy-MM-ddTHH:mm:ss.fffffff");
            _at += written;
            Put(rest, new System.Buffers.StandardFormat('D', 2));
            _line[_at++] = (byte)'Z';
        }

        public void Address(UInt128 address, bool isV6)
        {
            Comma();
            _at += isV6 ? AddressText.V6(_line[_at..], address) : AddressText.V4(_line[_at..], (uint)address);
        }

        /// <summary>The number, or the outer and the inner one with a point between; nothing where there is none.</summary>
        public void Vlans(FlowVlans vlans)
        {
            Comma();
            if (vlans.Outer != 0) Put(vlans.Outer, default);
            if (vlans.Outer != 0) _line[_at++] = (byte)'.';
            if (vlans.Inner != 0) Put(vlans.Inner, default);
        }

        public int EndLine()
        {
            "\r\n"u8.CopyTo(_line[_at..]);
            return _at + 2;
        }

        private void Comma()
        {
            if (_at > 0) _line[_at++] = (byte)',';
        }

        private void Put(long number, System.Buffers.StandardFormat format)
        {
            Utf8Formatter.TryFormat(number, _line[_at..], out var written, format);
            _at += written;
        }
    }
}
