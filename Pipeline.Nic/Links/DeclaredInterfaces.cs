using System.Buffers.Binary;
using System.Text;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Headers;

namespace Pipeline.Nic.Links;

/// <summary>
/// The interfaces that a sender has declared, by id, and how a declaration is written and read. An id is used again when there are too
/// many; frames are in order, so the receiver forgets the old one at the right moment.
/// </summary>
internal sealed class DeclaredInterfaces
{
    private const byte NoFcs = byte.MaxValue;

    private readonly Dictionary<NicInterface, int> _ids = [];
    private readonly NicInterface?[] _declared = new NicInterface?[LinkLayout.MostInterfaces];
    private NicInterface? _last;
    private int _lastId;
    private int _next;

    /// <returns>False where it must be declared first.</returns>
    public bool TryFind(NicInterface nicInterface, out int id)
    {
        id = _lastId;
        if (nicInterface == _last) return true;
        if (!_ids.TryGetValue(nicInterface, out id)) return false;
        (_last, _lastId) = (nicInterface, id);
        return true;
    }

    /// <summary>Gives an interface an id.</summary>
    /// <returns>The frame that declares it, without a header's content.</returns>
    public byte[] Declare(NicInterface nicInterface)
    {
        var id = _next;
        _next = (id + 1) % LinkLayout.MostInterfaces;
        if (_declared[id] is { } old) _ids.Remove(old);
        if (_last == _declared[id]) _last = null;
        _declared[id] = nicInterface;
        _ids[nicInterface] = id;
        return Write(id, nicInterface);
    }

    /// <summary>Reads a declaration.</summary>
    /// <param name="body">A frame without its header, of unknown content.</param>
    /// <param name="id">Less than <see cref="LinkLayout.MostInterfaces"/>.</param>
    /// <returns>Null where it is malformed.</returns>
    public static NicInterface? Read(ReadOnlySpan<byte> body, out int id)
    {
        id = -1;
        if (body.Length is < LinkLayout.InterfaceBytes or > LinkLayout.InterfaceBytes + LinkLayout.MostNameBytes) return null;
        id = BinaryPrimitives.ReadInt32LittleEndian(body);
        var linkType = BinaryPrimitives.ReadInt32LittleEndian(body[8..]);
        if ((uint)id >= LinkLayout.MostInterfaces || (uint)linkType > ushort.MaxValue || body[17] > 1) return null;
        if (body[18..LinkLayout.InterfaceBytes].ContainsAnyExcept((byte)0)) return null;
        return new NicInterface(
            BinaryPrimitives.ReadInt32LittleEndian(body[4..]), Encoding.UTF8.GetString(body[LinkLayout.InterfaceBytes..]),
            (LinkType)linkType, BinaryPrimitives.ReadUInt32LittleEndian(body[12..]))
        {
            FcsBytes = body[16] == NoFcs ? null : body[16],
            IsBigEndian = body[17] != 0,
        };
    }

    private static byte[] Write(int id, NicInterface nicInterface)
    {
        var name = new byte[LinkLayout.MostNameBytes];
        Encoding.UTF8.GetEncoder().Convert(nicInterface.Name, name, flush: true, out _, out var bytes, out _);
        var frame = new byte[LinkLayout.HeaderBytes + LinkLayout.InterfaceBytes + bytes];
        var body = frame.AsSpan(LinkLayout.HeaderBytes);
        BinaryPrimitives.WriteInt32LittleEndian(body, id);
        BinaryPrimitives.WriteInt32LittleEndian(body[4..], nicInterface.Index);
        BinaryPrimitives.WriteInt32LittleEndian(body[8..], (int)nicInterface.LinkType);
        BinaryPrimitives.WriteUInt32LittleEndian(body[12..], nicInterface.SnapLength);
        body[16] = nicInterface.FcsBytes ?? NoFcs;
        body[17] = nicInterface.IsBigEndian ? (byte)1 : (byte)0;
        name.AsSpan(0, bytes).CopyTo(body[LinkLayout.InterfaceBytes..]);
        return frame;
    }
}
