using System.Buffers.Binary;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Devices.Tap;

/// <summary>The interface it sends into, and the packets that the interface cannot take.</summary>
internal sealed partial class TapTransmitter
{
    private const int EthernetHeaderBytes = 14;
    private const int VlanTagBytes = 4;
    private const int EtherTypeAt = 12;
    private const int ShortestPause = 100; // Milliseconds between looks for an interface that is gone.
    private const int LongestPause = 1000;

    private int _mtu;
    private bool _isThere;
    private bool _hasReadMtu;
    private byte[]? _copy;
    private long _tooLong;
    private long _tooShort;
    private long _cut;
    private long _otherLink;
    private long _refused;
    private int _pause;
    private long _tryAt;
    private volatile string? _trouble;

    /// <summary>Why nothing is sent now; null while packets are taken. Any thread.</summary>
    public string? Trouble { get => _trouble; private set => _trouble = value; }

    /// <summary>What it rejected and why, one sentence each, and its trouble. Any thread.</summary>
    public IReadOnlyList<string> Notes
    {
        get
        {
            var notes = new List<string>();
            Note(notes, _tooLong, $"longer than {_name} takes (MTU {_mtu}); packets that segmentation offload joined are split by "
                + "`ethtool -K IF gro off` where they come in, and `tso off gso off` where they come from");
            Note(notes, _tooShort, "shorter than an Ethernet header");
            Note(notes, _cut, "not captured whole");
            Note(notes, _otherLink, $"of another link type than {_name} has");
            if (Trouble is { } trouble) notes.Add($"{Name}: {trouble}");
            var counter = _port.IsMacvtap ? "tx_dropped" : "rx_dropped";
            if (InterfaceLost > 0) notes.Add($"{Name}: the interface dropped {InterfaceLost} packets ({counter})");
            return notes;
        }
    }

    private bool IsTimeToTry => Environment.TickCount64 >= _tryAt;

    private void Note(List<string> notes, long packets, string words)
    {
        if (packets > 0) notes.Add($"{Name}: {packets} packets not sent: {words}");
    }

    private bool IsSendable(ReadOnlySpan<byte> bytes, in Packet packet)
    {
        if (packet.CapturedLength < packet.WireLength)
        {
            _cut++;
            return false;
        }

        if (bytes.Length < EthernetHeaderBytes)
        {
            _tooShort++;
            return false;
        }

        if (bytes.Length <= MostBytes(bytes)) return true;
        if (!_hasReadMtu) ReadMtu();
        if (bytes.Length <= MostBytes(bytes)) return true;
        _tooLong++;
        return false;
    }

    /// <summary>A tag may exceed the MTU, as on interfaces that packets are sent on.</summary>
    private int MostBytes(ReadOnlySpan<byte> bytes)
    {
        var isTagged = BinaryPrimitives.ReadUInt16BigEndian(bytes[EtherTypeAt..]) == EtherType.Vlan;
        return _mtu + EthernetHeaderBytes + (isTagged ? VlanTagBytes : 0);
    }

    private void ReadMtu()
    {
        _hasReadMtu = true;
        if (_port.Mtu(_end) is { } mtu) _mtu = mtu;
    }

    /// <summary>
    /// Attaches to the interface again if it is back. Writing does not tell whether a macvtap is there or up, so nothing is written then.
    /// </summary>
    private void Follow()
    {
        var trouble = _port.WhyNot(_end);
        if (!Linux.IfTun.IsAttached(_end.Handle) || (trouble is not null && _port.IsMacvtap))
        {
            Lose(trouble ?? $"there is no interface {_name}");
            return;
        }

        (_isThere, _pause, Trouble) = (true, 0, trouble);
        ReadMtu();
    }

    private void Stop(string trouble)
    {
        _isStopped = true;
        if (Trouble != trouble) Trouble = trouble;
    }

    private void Lose(string trouble)
    {
        Stop(trouble);
        _isThere = false;
        _pause = Math.Clamp(_pause * 2, ShortestPause, LongestPause);
        _tryAt = Environment.TickCount64 + _pause;
    }

    private void ReadLost(bool isLast) => Volatile.Write(ref _interfaceLost, Math.Max(0, _dropped.Total(isLast) - _refused));
}
