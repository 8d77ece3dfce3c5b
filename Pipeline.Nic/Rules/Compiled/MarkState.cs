namespace Pipeline.Nic.Rules.Compiled;

/// <summary>What is known of one packet while its rules are tried. Compiled rules address these fields directly.</summary>
internal struct MarkState
{
    /// <summary>Bytes to the network header; -1 when absent. Set before the rules run, and only where a rule asks.</summary>
    public int L3;

    /// <summary>Bytes to the header behind it; -1 when absent.</summary>
    public int L4;

    public uint Mark;

    /// <summary>1-based; the last that matched.</summary>
    public int Rule;

    /// <summary>How many rules matched.</summary>
    public int Matched;
}
