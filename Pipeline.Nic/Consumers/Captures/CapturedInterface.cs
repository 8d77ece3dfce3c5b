using Pipeline.Nic.Devices;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Consumers.Captures;

/// <summary>An interface as one capture writes it.</summary>
internal sealed class CapturedInterface(NicInterface source)
{
    public const int NotDescribed = -1;

    public NicInterface Source { get; } = source;

    /// <summary>Whether its packets have headers in a byte order that is not the written file's.</summary>
    public bool ReversesHeaders { get; } = source.IsBigEndian && HostOrderHeader.Has(source.LinkType);

    /// <summary>Its number in the file being written, or <see cref="NotDescribed"/>.</summary>
    public int Id { get; set; } = NotDescribed;

    /// <summary>Where in the file its description ends.</summary>
    public long DescribedUpTo { get; set; }

    /// <summary>Packets of it that the output took, over all files of the capture.</summary>
    public long Written { get; set; }

    /// <summary>Nanoseconds since 1970 of its earliest and latest packet; the latest is 0 while none had a time.</summary>
    public long FirstTimestamp { get; private set; } = long.MaxValue;

    public long LastTimestamp { get; private set; }

    public bool HasTimes => LastTimestamp != 0;

    public void Saw(in Packet packet)
    {
        var time = packet.TimestampNanoseconds;
        if (time > LastTimestamp) LastTimestamp = time;
        if (time < FirstTimestamp && time != 0) FirstTimestamp = time;
    }
}
