using System.Buffers.Binary;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Devices.AfPacket;

/// <summary>The interface it sends on, and the packets that the interface could not take.</summary>
internal sealed partial class PacketTransmitter
{
    private const int EthernetHeaderBytes = 14;
    private const int VlanTagBytes = 4;
    private const int EtherTypeAt = 12;

    private LinkType _linkType;
    private int _index;
    private int _mtu;
    private bool _isThere;
    private bool _hasReadMtu;
    private long _tooLong;
    private long _tooShort;
    private long _cut;
    private long _otherLink;
    private volatile string? _trouble;

    /// <summary>Why nothing is sent now; null while packets leave. Any thread.</summary>
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
            if (InterfaceLost > 0) notes.Add($"{Name}: the interface dropped {InterfaceLost} packets (tx_dropped)");
            return notes;
        }
    }

    private void Note(List<string> notes, long packets, string words)
    {
        if (packets > 0) notes.Add($"{Name}: {packets} packets not sent: {words}");
    }

    /// <summary>
    /// Whether the kernel would take a packet of this length. It is checked first, because a packet that the kernel refuses ends the call
    /// that it is sent with.
    /// </summary>
    private bool IsSendable(ReadOnlySpan<byte> bytes, in Packet packet)
    {
        if (packet.CapturedLength < packet.WireLength)
        {
            _cut++;
            return false;
        }

        if (bytes.Length < (_linkType == LinkType.Ethernet ? EthernetHeaderBytes : 1))
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

    /// <summary>A tag of 802.1Q, and of no other kind, may exceed the MTU (Linux, net/packet/af_packet.c, packet_snd).</summary>
    private int MostBytes(ReadOnlySpan<byte> bytes)
    {
        if (_linkType != LinkType.Ethernet) return _mtu;
        var isTagged = BinaryPrimitives.ReadUInt16BigEndian(bytes[EtherTypeAt..]) == EtherType.Vlan;
        return _mtu + EthernetHeaderBytes + (isTagged ? VlanTagBytes : 0);
    }

    private void ReadMtu()
    {
        _hasReadMtu = true;
        if (NetDevice.MtuOf(_socket, _name) is { } mtu) _mtu = mtu;
    }

    /// <summary>Sends on the interface that has the name now. Sending does not tell that another interface has it.</summary>
    private void FollowName()
    {
        var index = NetDevice.IndexOf(_socket, _name);
        if (index == _index && _isThere) return;
        _isThere = false;
        if (index is not { } known || PacketSocket.LinkTypeOf(_socket, _name) is not { } linkType || !TryBind(known))
        {
            Trouble = $"there is no interface {_name}";
            return;
        }

        (_index, _linkType, _isThere) = (known, linkType, true);
        ReadMtu();
        Trouble = NetDevice.IsUp(_socket, _name) == true ? null : $"{_name} is down";
    }

    private bool TryBind(int index)
    {
        try
        {
            SysSocket.Bind(_socket, IfPacket.SendingOn(index), _name);
            return true;
        }
        catch (LinuxException e) when (e.Errno == Errno.ENODEV)
        {
            return false;
        }
    }
}
