using System.Buffers.Binary;

namespace Pipeline.TestSupport;

/// <summary>
/// Writes captures by hand, sound or not, in either byte order. Formats: draft-ietf-opsawg-pcap and draft-ietf-opsawg-pcapng.
/// </summary>
public sealed class CaptureBytes(bool bigEndian = false)
{
    private readonly MemoryStream _bytes = new();

    public byte[] ToArray() => _bytes.ToArray();

    public int Length => (int)_bytes.Length;

    public CaptureBytes U16(int value)
    {
        Span<byte> bytes = stackalloc byte[2];
        if (bigEndian) BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)value);
        else BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)value);
        return Raw(bytes);
    }

    public CaptureBytes U32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        if (bigEndian) BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        else BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return Raw(bytes);
    }

    public CaptureBytes Raw(ReadOnlySpan<byte> bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    public CaptureBytes PcapHeader(uint magic = 0xa1b2c3d4, int major = 2, int minor = 4, uint linkType = 1) =>
        U32(magic).U16(major).U16(minor).U32(0).U32(0).U32(65535).U32(linkType);

    public CaptureBytes PcapRecord(uint seconds, uint fraction, byte[] data) =>
        U32(seconds).U32(fraction).U32((uint)data.Length).U32((uint)data.Length).Raw(data);

    public CaptureBytes Block(uint type, byte[] body)
    {
        var length = (uint)(12 + ((body.Length + 3) & ~3));
        return U32(type).U32(length).Raw(body).Raw(new byte[length - 12 - body.Length]).U32(length);
    }

    public CaptureBytes Section(byte[]? options = null) =>
        Block(0x0A0D0D0A, Part().U32(0x1A2B3C4D).U16(1).U16(0).U32(uint.MaxValue).U32(uint.MaxValue).Raw(options ?? []).ToArray());

    public CaptureBytes Interface(int linkType = 1, uint snapLength = 0, byte[]? options = null) =>
        Block(1, Part().U16(linkType).U16(0).U32(snapLength).Raw(options ?? []).ToArray());

    public CaptureBytes Enhanced(uint index, ulong time, byte[] data, byte[]? options = null) =>
        Block(6, Packet(Part().U32(index), time, data, options));

    /// <param name="drops">Packets dropped since the one before; 0xffff where nobody counted.</param>
    public CaptureBytes Obsolete(int index, int drops, ulong time, byte[] data, byte[]? options = null) =>
        Block(2, Packet(Part().U16(index).U16(drops), time, data, options));

    public CaptureBytes Statistics(uint index, ulong time, byte[] options) =>
        Block(5, Part().U32(index).U32((uint)(time >> 32)).U32((uint)time).Raw(options).ToArray());

    public CaptureBytes Secrets(uint kind, byte[] secrets, byte[]? options = null) =>
        Block(10, Part().U32(kind).U32((uint)secrets.Length).Raw(secrets).Raw(new byte[-secrets.Length & 3]).Raw(options ?? []).ToArray());

    /// <param name="records">Options are laid out as records are.</param>
    public CaptureBytes Names(params byte[][] records) =>
        Block(4, [.. records.SelectMany(r => r), 0, 0, 0, 0]);

    public CaptureBytes Custom(uint enterprise, byte[] data, bool mayBeCopied = true) =>
        Block(mayBeCopied ? 0xBADu : 0x40000BAD, Part().U32(enterprise).Raw(data).ToArray());

    public CaptureBytes Simple(uint wire, byte[] data) => Block(3, Part().U32(wire).Raw(data).ToArray());

    public byte[] Option(int code, byte[] value) =>
        Part().U16(code).U16(value.Length).Raw(value).Raw(new byte[-value.Length & 3]).ToArray();

    public byte[] Option(int code, uint value) => Option(code, Part().U32(value).ToArray());

    /// <param name="value">64 bits as one number.</param>
    public byte[] LongOption(int code, ulong value)
    {
        uint high = (uint)(value >> 32), low = (uint)value;
        return Option(code, (bigEndian ? Part().U32(high).U32(low) : Part().U32(low).U32(high)).ToArray());
    }

    private static byte[] Packet(CaptureBytes head, ulong time, byte[] data, byte[]? options) =>
        head.U32((uint)(time >> 32)).U32((uint)time).U32((uint)data.Length).U32((uint)data.Length)
            .Raw(data).Raw(new byte[-data.Length & 3]).Raw(options ?? []).ToArray();

    private CaptureBytes Part() => new(bigEndian);
}
