namespace Pipeline.Nic.Rules.Ebpf;

/// <summary>
/// What an XDP program of ours keeps on its stack: bytes from where it ends (R10), words of 32 bits.
/// </summary>
/// <remarks>
/// The verifier follows each way through a program with all that it knows, and treats two ways as one only where they know the same. It
/// remembers a number that is stored at a multiple of eight, and forgets one that is stored beside it. What is found out packet by
/// packet lies beside: after a rule that matched and one that did not, the verifier knows the same, and a program of a thousand rules
/// takes it a thousand times the time of one, and not twice as long with each.
/// </remarks>
internal static class XdpStack
{
    /// <summary>Bytes to the network header; <see cref="Absent"/>.</summary>
    public const int L3 = -4;

    /// <summary>Bytes to the header behind it; <see cref="Absent"/>.</summary>
    public const int L4 = -12;

    /// <summary>1-based place of the best rule that a search has found; <see cref="Absent"/>.</summary>
    public const int Found = -20;

    /// <summary>The bits of a mark that the rule found sets, and those that it keeps.</summary>
    public const int Sets = -28;
    public const int Keeps = -36;

    /// <summary>The packet's mark, the last rule that wrote it, and whether there were several.</summary>
    public const int Mark = -44;
    public const int Rule = -52;
    public const int Several = -60;

    /// <summary>While headers are looked for: the next header's number, and where it is.</summary>
    public const int NextHeader = -68;
    public const int NextAt = -76;

    /// <summary>The key of a look-up in a map: one word, or those of a tuple.</summary>
    public const int CounterKey = -84;
    public const int Key = -120;

    /// <summary>The scratch memory of classic BPF.</summary>
    public const int Memory = -192;

    /// <summary>Larger than any offset and any rule's place.</summary>
    public const uint Absent = uint.MaxValue;
}
