using System.Diagnostics;

namespace Pipeline.Nic.Links;

/// <summary>
/// What one end of a link has done. Its thread counts; any thread reads, and sees each number whole, as recent as a moment ago.
/// </summary>
[DebuggerDisplay("{Frames} frames, {Bundles} bundles, {Packets} packets, {Bytes} bytes")]
public sealed class LinkCounters
{
    private readonly long[] _refused = new long[Enum.GetValues<LinkRefusal>().Length];

    /// <summary>Frames of bundles that were sent or received.</summary>
    public long Frames { get; internal set; }

    /// <summary>
    /// At the sender, bundles that were sent whole. At the receiver, bundles that were handed over: parts count where one came in several
    /// frames.
    /// </summary>
    public long Bundles { get; internal set; }

    /// <summary>Packets that were sent, or handed over.</summary>
    public long Packets { get; internal set; }

    /// <summary>Bytes of those packets that were carried, without headers.</summary>
    public long Bytes { get; internal set; }

    /// <summary>Frames of acknowledgements that were received, or sent.</summary>
    public long Acknowledgements { get; internal set; }

    /// <summary>Signs of life that this end sent because it had nothing else to say.</summary>
    public long Pings { get; internal set; }

    /// <summary>At the sender: how often a bundle had to wait because its instance or the link had no credit left.</summary>
    public long CreditWaits { get; internal set; }

    /// <summary>At the receiver: how often nothing was read for a while because every slab was held by consumers.</summary>
    public long SlabWaits { get; internal set; }

    /// <summary>At the receiver: packets copied, because their instance already held its part of the slabs.</summary>
    public long Copied { get; internal set; }

    /// <summary>
    /// At the sender: bytes of credit that are taken, for packets that were sent and that the other node has not disposed. They are at most
    /// <see cref="LinkSender.Window"/>, unless a larger bundle goes alone.
    /// </summary>
    public long BytesInFlight { get; internal set; }

    /// <summary>At the sender: last words of the other node that were taken when the link was closed: 0 or 1.</summary>
    public long LastWords { get; internal set; }

    /// <summary>Links that ended because a side was silent, or not awake, for too long: 0 or 1.</summary>
    public long Stale { get; internal set; }

    /// <summary>
    /// Frames that were refused for one reason. The first one ends the link. Last words that contradict what was sent count here, too.
    /// </summary>
    public long Refused(LinkRefusal refusal) => Volatile.Read(ref _refused[(int)refusal]);

    internal void Refuse(LinkRefusal refusal) => Volatile.Write(ref _refused[(int)refusal], _refused[(int)refusal] + 1);
}
