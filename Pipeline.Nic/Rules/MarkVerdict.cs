namespace Pipeline.Nic.Rules;

/// <summary>What a route does with packets whose mark it matches, as far as a device in front of the normal stack can follow it.</summary>
/// <param name="Value">Holds where the mark's bits under <paramref name="Mask"/> are these.</param>
/// <param name="Mask">The bits that are compared; 0 holds for every mark.</param>
/// <param name="Verdict">
/// <see cref="PacketVerdict.Take"/> and <see cref="PacketVerdict.Pass"/> decide. <see cref="PacketVerdict.Copy"/> does not: the packet goes
/// on to the verdicts behind it, and where these pass it, software needs a copy.
/// </param>
public readonly record struct MarkVerdict(uint Value, uint Mask, PacketVerdict Verdict)
{
    /// <summary>Whether it is for packets with this mark.</summary>
    public bool Holds(uint mark) => (mark & Mask) == Value;
}

/// <summary>What becomes of a packet at a device that runs rules.</summary>
public enum PacketVerdict
{
    /// <summary>Software gets it.</summary>
    Take,

    /// <summary>It is left to the normal stack, and software never sees it.</summary>
    Pass,

    /// <summary>
    /// It is left to the normal stack, and software gets a copy. A device that makes no copies lets software have the packet.
    /// </summary>
    Copy,
}
