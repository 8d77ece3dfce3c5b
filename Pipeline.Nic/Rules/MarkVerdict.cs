namespace Pipeline.Nic.Rules;

/// <summary>A route's verdict on packets whose mark it matches, as far as a device before the normal stack can apply it.</summary>
/// <param name="Value">It holds where the mark's bits under <paramref name="Mask"/> equal these.</param>
/// <param name="Mask">The bits that are compared; 0 holds for every mark.</param>
/// <param name="Verdict">
/// <see cref="PacketVerdict.Take"/> and <see cref="PacketVerdict.Pass"/> decide. <see cref="PacketVerdict.Copy"/> does not: the packet
/// continues to the next verdicts, and if these pass it, software needs a copy.
/// </param>
public readonly record struct MarkVerdict(uint Value, uint Mask, PacketVerdict Verdict)
{
    /// <summary>Whether it is for packets with this mark.</summary>
    public bool Holds(uint mark) => (mark & Mask) == Value;
}

/// <summary>The fate of a packet at a device that runs rules.</summary>
public enum PacketVerdict
{
    /// <summary>Software gets it.</summary>
    Take,

    /// <summary>It is left to the normal stack, and software never sees it.</summary>
    Pass,

    /// <summary>
    /// It is left to the normal stack, and software gets a copy. A device that makes no copies gives the packet to software.
    /// </summary>
    Copy,
}
