using Pipeline.Nic.Accounts;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Devices.PcapFile;

/// <summary>Finds packets in the bytes of a capture. One call for a run of packets; for one thread.</summary>
internal abstract class CaptureFormat(CapturePages pages)
{
    /// <summary>Whether interfaces can be described between packets.</summary>
    public abstract bool MayAddInterfaces { get; }

    protected CapturePages Pages { get; } = pages;

    /// <summary>The fault at the point where parsing stopped. Parsing does not continue after it.</summary>
    public CaptureFormatException? Fault { get; protected set; }

    /// <summary>The interface that the packets of the last run came in on.</summary>
    public NicInterface Interface { get; protected set; } = NicInterface.Unknown;

    /// <summary>
    /// Parses the bytes that have been read. Whatever the source's numbers say, it reads no byte beyond those and throws nothing.
    /// </summary>
    /// <param name="room">Room for descriptors. With no room it stops before the first packet.</param>
    /// <param name="only">The interface that packets must be of, or null when the first decides.</param>
    public abstract ParsedRun Parse(Span<Packet> room, NicInterface? only);

    /// <summary>The fault if the source ends here, with the bytes that are left; null where it may end.</summary>
    public abstract CaptureFormatException? EndFault();

    protected CaptureFormatException FaultAt(long position, string fault) => new(Pages.CaptureName, position, fault);
}
