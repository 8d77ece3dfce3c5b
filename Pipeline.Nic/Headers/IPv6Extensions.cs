using System.Buffers.Binary;

namespace Pipeline.Nic.Headers;

/// <summary>
/// Goes over the extension headers of an IPv6 packet that <see cref="HeaderLocator"/> skips, at most 8, for <c>foreach</c>. It reads
/// nothing beyond the captured bytes, and ends after the fragment header of a fragment other than the first. Valid as long as the bytes.
/// </summary>
public ref struct IPv6Extensions
{
    private readonly ReadOnlySpan<byte> _packet;
    private byte _next;
    private int _at;
    private int _left;

    /// <param name="packet">From the IPv6 header on. Empty where there is none.</param>
    internal IPv6Extensions(ReadOnlySpan<byte> packet)
    {
        if (packet.Length < IPv6Header.Size) return;
        _packet = packet;
        _next = packet[6];
        _at = IPv6Header.Size;
        _left = HeaderLocator.MostExtensionHeaders;
    }

    /// <summary>The header that <see cref="MoveNext"/> moved to.</summary>
    public IPv6Extension Current { get; private set; }

    /// <summary>For <c>foreach</c>: begins where this stands.</summary>
    public readonly IPv6Extensions GetEnumerator() => this;

    /// <summary>Moves to the next header.</summary>
    /// <returns>False after the last, and where the next does not have the 8 bytes captured that all of them have.</returns>
    public bool MoveNext()
    {
        if (_left == 0 || !HeaderLocator.IsSkipped(_next) || _packet.Length - _at < 8) return false;
        var header = _packet.Slice(_at, 8);
        Current = new IPv6Extension(_next, BinaryPrimitives.ReadUInt32BigEndian(header), BinaryPrimitives.ReadUInt32BigEndian(header[4..]));
        _at = Math.Min(_packet.Length, _at + HeaderLocator.BytesOf(_next, header[1]));
        _next = header[0];
        _left = Current.Type == IpProtocol.Fragment && Current.FragmentOffset > 0 ? 0 : _left - 1;
        return true;
    }
}

/// <summary>The first 8 bytes of an IPv6 extension header, which says more in those that follow.</summary>
public readonly struct IPv6Extension
{
    private readonly uint _first;
    private readonly uint _second;

    internal IPv6Extension(byte type, uint first, uint second) => (Type, _first, _second) = (type, first, second);

    /// <summary>Which header it is: <see cref="IpProtocol.HopByHop"/>, <see cref="IpProtocol.Fragment"/> and so on.</summary>
    public byte Type { get; }

    /// <summary>Bytes of the whole header, as it says.</summary>
    public int Length => HeaderLocator.BytesOf(Type, (byte)(_first >> 16));

    /// <summary>The type of the header after it, or of the payload.</summary>
    public byte NextHeader => (byte)(_first >> 24);

    /// <summary>Of a fragment header: where the payload belongs in its datagram, in bytes (RFC 8200 section 4.5).</summary>
    public int FragmentOffset => (int)(_first & 0xfff8);

    /// <summary>Of a fragment header: whether other fragments follow.</summary>
    public bool HasMoreFragments => (_first & 1) != 0;

    /// <summary>Of a fragment header: the number that all fragments of one datagram share.</summary>
    public uint Identification => _second;
}
