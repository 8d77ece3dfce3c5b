using System.Diagnostics;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pcapng;

namespace Pipeline.Nic.Accounts;

/// <summary>
/// One interface that packets came in on. A live device has one; a pcapng capture may have many, of different link types.
/// Compared by reference: bundles are cut where it changes.
/// </summary>
/// <param name="index">Counts from 0 over the whole source, across the sections of a pcapng file.</param>
/// <param name="name">As the source names it; for a capture that gives no name, the file's name and the index.</param>
/// <param name="linkType">What its packets start with. A number that stands for another link type becomes that one's.</param>
/// <param name="snapLength">The most bytes captured of a packet; 0 means no limit.</param>
[DebuggerDisplay("{Index}: {Name}, {LinkType}, {Received} received, {Dropped} dropped")]
public sealed class NicInterface(int index, string name, LinkType linkType, uint snapLength)
{
    private long _received;
    private long _dropped;

    /// <summary>What an idle bundle carries.</summary>
    public static readonly NicInterface Unknown = new(-1, "unknown", LinkType.Null, 0);

    /// <summary>Counts from 0 over the whole source, across the sections of a pcapng file; -1 for <see cref="Unknown"/>.</summary>
    public int Index { get; } = index;

    /// <summary>As the source names it; for a capture that gives no name, the file's name and the index.</summary>
    public string Name { get; } = name;

    /// <summary>What its packets start with. Never one of the old numbers that stand for another link type.</summary>
    public LinkType LinkType { get; } = LinkTypeAliases.Resolve(linkType);

    /// <summary>The most bytes captured of a packet; 0 means no limit.</summary>
    public uint SnapLength { get; } = snapLength;

    /// <summary>Bytes of frame check sequence that end each packet; null when the source does not say.</summary>
    public byte? FcsBytes { get; init; }

    /// <summary>
    /// The byte order of the machine that captured: in some link types headers have numbers in it (usbmon, BSD loopback). This machine's
    /// for a live device; what a capture's numbers are in, of pcapng the section's.
    /// </summary>
    public bool IsBigEndian { get; init; } = !BitConverter.IsLittleEndian;

    /// <summary>What filters for its packets are compiled for.</summary>
    public LinkLayer Link => new(LinkType, IsBigEndian);

    /// <summary>
    /// What a capture file says of it; null where the interface is no file's, so that what it received and dropped is known here.
    /// </summary>
    public InterfaceDescription? Description { get; init; }

    /// <summary>Packets received on it, for the statistics that capture files carry. Any thread.</summary>
    public long Received => Interlocked.Read(ref _received);

    /// <summary>Packets received on it and dropped later, for any reason; copies are not counted. Any thread.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    internal void CountReceived(long packets) => Interlocked.Add(ref _received, packets);

    internal void CountDropped(long packets) => Interlocked.Add(ref _dropped, packets);
}
