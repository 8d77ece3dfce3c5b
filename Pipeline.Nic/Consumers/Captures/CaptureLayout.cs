using Pipeline.Nic.Accounts;
using Pipeline.Nic.Compression;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Consumers.Captures;

/// <summary>
/// How a capture is laid out in a file. Each method writes whole blocks at the given place and returns their bytes. The caller has made
/// room: <see cref="MostHeaderBytes"/>, and for a packet what <see cref="PacketSize"/> says.
/// </summary>
/// <param name="overhead">Bytes of a packet's block besides the packet's own.</param>
/// <param name="bytesAt">Where in a packet's block its own bytes lie.</param>
/// <param name="alignment">A packet's own bytes are padded to a multiple of this.</param>
internal abstract unsafe class CaptureLayout(int overhead, int bytesAt, int alignment)
{
    /// <summary>Room for any block but a packet's, where the source has nothing to add to it.</summary>
    public const int MostHeaderBytes = 8192;

    private static readonly string[] PcapExtensions = [".pcap", ".cap", ".dmp"];

    /// <summary>The interface described in a file without packets when no interface is known; null when the format needs none.</summary>
    public abstract NicInterface? Default { get; }

    /// <summary>The layout that a file's name asks for, apart from compression; pcapng where it asks for none.</summary>
    public static CaptureLayout Of(string path)
    {
        var extension = Path.GetExtension(PieceCompressor.PlainName(path));
        return PcapExtensions.Contains(extension, StringComparer.OrdinalIgnoreCase) ? new PcapLayout() : new PcapngLayout();
    }

    /// <summary>
    /// Whether a file can start a new section in the middle, with <see cref="WriteStart"/>, and count its interfaces from 0 again.
    /// </summary>
    public abstract bool HasSections { get; }

    /// <summary>Why packets of this interface cannot be in the file, or null when they can.</summary>
    public abstract string? Refuse(NicInterface nicInterface);

    /// <summary>Whether it has a place for a source's metadata, and for the time that an interface's times count from.</summary>
    public abstract bool TakesMetadata { get; }

    /// <summary>Packets whose time the format cannot hold. They were written with the nearest time that it can hold.</summary>
    public long TimesChanged { get; protected set; }

    /// <summary>Packets without a time. They were written with the time of 1970-01-01, because the format needs one.</summary>
    public long TimesMade { get; protected set; }

    /// <param name="options">The section's options, little-endian, without an end. The caller has made room for them too.</param>
    public abstract int WriteStart(byte* at, ReadOnlySpan<byte> options);

    /// <param name="captured">Its number counts the file's interfaces from 0. The caller has made room for its options too.</param>
    public abstract int WriteInterface(byte* at, CapturedInterface captured);

    /// <summary>Where in a packet's block its own bytes lie.</summary>
    public int BytesAt { get; } = bytesAt;

    public int PacketSize(int captured) => overhead + ((captured + alignment - 1) & -alignment);

    /// <param name="size">What <see cref="PacketSize"/> said.</param>
    /// <param name="bytes">As many of the packet's bytes as are to be written.</param>
    public abstract void WritePacket(byte* at, int size, CapturedInterface of, in Packet packet, ReadOnlySpan<byte> bytes);

    /// <summary>
    /// Writes a packet that has no time, whose time its interface cannot hold, or whose block says more than its descriptor.
    /// </summary>
    /// <param name="at">
    /// Room for what <see cref="PacketSize"/> says, the block's options, 4 bytes, and <see cref="HostOrderHeader.MostFieldBytes"/>.
    /// </param>
    /// <param name="cutOff">The captured bytes after those to write.</param>
    /// <param name="block">The block around it; empty where it is not flagged <see cref="PacketFlags.InBlock"/>.</param>
    /// <param name="time">Nanoseconds since 1970; of no meaning for a packet without a time.</param>
    public abstract int WriteUnusual(
        byte* at, CapturedInterface of, in Packet packet, ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> cutOff, PacketBlock block,
        Int128 time);

    public abstract int WriteStatistics(byte* at, CapturedInterface captured);
}
