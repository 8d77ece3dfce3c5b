using System.Diagnostics;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pcapng;

namespace Pipeline.Nic.Accounts;

/// <summary>
/// One interface that packets came in on. A live device has one; a pcapng capture can have many, of different link types.
/// It is compared by reference: a bundle ends where the interface changes.
/// </summary>
/// <param name="index">Counts from 0 over the whole source, across the sections of a pcapng file.</param>
/// <param name="name">The source's name for it. For a capture that gives no name, the file's name and the index.</param>
/// <param name="linkType">What its packets start with. A number that is an alias of another link type is replaced by that type's.</param>
/// <param name="snapLength">The most bytes captured of a packet; 0 means no limit.</param>
[DebuggerDisplay("{Index}: {Name}, {LinkType}, {Received} received, {Dropped} dropped")]
public sealed class NicInterface(int index, string name, LinkType linkType, uint snapLength)
{
    private long _received;
    private long _dropped;

    /// <summary>The interface of an idle bundle.</summary>
    public static readonly NicInterface Unknown = new(-1, "unknown", LinkType.Null, 0);

    /// <summary>Counts from 0 over the whole source, across the sections of a pcapng file; -1 for <see cref="Unknown"/>.</summary>
    public int Index { get; } = index;

    /// <summary>The source's name for it. For a capture that gives no name, the file's name and the index.</summary>
    public string Name { get; } = name;

    /// <summary>What its packets start with. Never one of the old numbers that are aliases of another link type.</summary>
    public LinkType LinkType { get; } = LinkTypeAliases.Resolve(linkType);

    /// <summary>The most bytes captured of a packet; 0 means no limit.</summary>
    public uint SnapLength { get; } = snapLength;

    /// <summary>Bytes of frame check sequence that end each packet; null when the source does not say.</summary>
    public byte? FcsBytes { get; init; }

    /// <summary>
    /// The byte order of the capturing machine. Headers of some link types have numbers in it (usbmon, BSD loopback). For a live device it
    /// is this machine's order. For a capture it is the order of the file's own numbers, and in pcapng that of the section.
    /// </summary>
    public bool IsBigEndian { get; init; } = !BitConverter.IsLittleEndian;

    /// <summary>The link layer that filters for its packets are compiled for.</summary>
    public LinkLayer Link => new(LinkType, IsBigEndian);

    /// <summary>
    /// The capture file's description of it. Null where the interface is not from a file, so that its received and dropped packets are
    /// known here.
    /// </summary>
    public InterfaceDescription? Description { get; init; }

    /// <summary>Packets received on it, for the statistics that capture files carry. Any thread.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>Packets received on it and dropped later, for any reason; copies are not counted. Any thread.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    internal void CountReceived(long packets) => Interlocked.Add(ref _received, packets);

    internal void CountDropped(long packets) => Interlocked.Add(ref _dropped, packets);
}
