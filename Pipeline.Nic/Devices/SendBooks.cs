using System.Buffers.Binary;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Devices;

/// <summary>
/// What an interface does not take, for a transmitter: it checks packets before they are sent, counts those that are rejected, says why in
/// words, and settles bundles. One thread sends; any thread reads notes and trouble.
/// </summary>
/// <param name="target">The transmitter's name, such as <c>if:guest0</c>.</param>
/// <param name="name">The interface's.</param>
/// <param name="mtuOf">The MTU now; null where there is no such interface.</param>
internal sealed class SendBooks(string target, string name, Func<int?> mtuOf)
{
    private const int EthernetHeaderBytes = 14;
    private const int VlanTagBytes = 4;
    private const int EtherTypeAt = 12;

    private PacketTally _full;
    private PacketTally _failed;
    private bool _hasReadMtu;
    private int _mtu;
    private long _tooLong;
    private long _tooShort;
    private long _cut;
    private long _otherLink;
    private volatile string? _trouble;

    /// <summary>What the interface's packets start with.</summary>
    public LinkType LinkType { get; set; } = LinkType.Ethernet;

    /// <summary>Why nothing is sent now; null while packets are taken.</summary>
    public string? Trouble { get => _trouble; set => _trouble = value; }

    /// <summary>What was rejected and why, one sentence each, and the trouble.</summary>
    /// <param name="interfaceLost">Packets that the interface dropped.</param>
    /// <param name="counter">Its counter of them.</param>
    public IReadOnlyList<string> NotesWith(long interfaceLost, string counter)
    {
        var notes = new List<string>();
        Note(notes, _tooLong, $"longer than {name} takes (MTU {_mtu}); packets that segmentation offload joined are split by "
            + "`ethtool -K IF gro off` where they come in, and `tso off gso off` where they come from");
        Note(notes, _tooShort, "shorter than an Ethernet header");
        Note(notes, _cut, "not captured whole");
        Note(notes, _otherLink, $"of another link type than {name} has");
        if (Trouble is { } trouble) notes.Add($"{target}: {trouble}");
        if (interfaceLost > 0) notes.Add($"{target}: the interface dropped {interfaceLost} packets ({counter})");
        return notes;
    }

    /// <summary>Begins a bundle.</summary>
    public void Begin() => (_full, _failed, _hasReadMtu) = (default, default, false);

    /// <summary>
    /// Whether the interface takes a packet of this length. It is checked first: some kernels' interfaces take what they cannot send, and
    /// others end the call that such a packet is sent with.
    /// </summary>
    public bool Allows(ReadOnlySpan<byte> bytes, in Packet packet)
    {
        if (packet.CapturedLength < packet.WireLength)
        {
            _cut++;
            return false;
        }

        if (bytes.Length < (LinkType == LinkType.Ethernet ? EthernetHeaderBytes : 1))
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

    /// <summary>Looks the MTU up. The old one stays where there is no such interface.</summary>
    public void ReadMtu()
    {
        _hasReadMtu = true;
        if (mtuOf() is { } mtu) _mtu = mtu;
    }

    /// <summary>The kernel calls a packet too long that was not: somebody made the MTU smaller.</summary>
    public void CountTooLong()
    {
        _tooLong++;
        ReadMtu();
    }

    /// <summary>Counts a packet that was not sent.</summary>
    /// <param name="reason"><see cref="DropReason.TxFull"/> or <see cref="DropReason.OutputError"/>.</param>
    public void Reject(DropReason reason, int bytes)
    {
        if (reason == DropReason.TxFull) _full = _full.Plus(1, bytes);
        else _failed = _failed.Plus(1, bytes);
    }

    /// <summary>Counts a whole bundle that is not sent.</summary>
    /// <param name="isOfOtherLink">Whether the interface is there, and it is the packets that do not fit it.</param>
    public void RejectAll(PageBundle bundle, bool isOfOtherLink)
    {
        if (isOfOtherLink) _otherLink += bundle.Count;
        _failed = new PacketTally(bundle.Count, bundle.Bytes);
    }

    /// <summary>Settles and disposes a bundle of which every packet was sent or counted here.</summary>
    /// <returns>False when there was no room for any of its packets. It is untouched then.</returns>
    public bool TrySettle(PageBundle bundle)
    {
        if (_full.Packets == bundle.Count && !bundle.IsEmpty) return false;
        if (_full != default) bundle.Reject(DropReason.TxFull, _full.Packets, _full.Bytes);
        if (_failed != default) bundle.Reject(DropReason.OutputError, _failed.Packets, _failed.Bytes);
        bundle.Dispose();
        return true;
    }

    /// <summary>A tag of 802.1Q, and of no other kind, may exceed the MTU (Linux, net/packet/af_packet.c, packet_snd).</summary>
    private int MostBytes(ReadOnlySpan<byte> bytes)
    {
        if (LinkType != LinkType.Ethernet) return _mtu;
        var isTagged = BinaryPrimitives.ReadUInt16BigEndian(bytes[EtherTypeAt..]) == EtherType.Vlan;
        return _mtu + EthernetHeaderBytes + (isTagged ? VlanTagBytes : 0);
    }

    private void Note(List<string> notes, long packets, string words)
    {
        if (packets > 0) notes.Add($"{target}: {packets} packets not sent: {words}");
    }
}
