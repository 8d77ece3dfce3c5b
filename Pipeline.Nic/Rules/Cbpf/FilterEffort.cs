namespace Pipeline.Nic.Rules.Cbpf;

/// <summary>
/// How long an expression may be. libpcap cannot be interrupted, and its time grows faster than the square of the length: 12 s for 1000
/// ports in 12 KB, minutes for twice as many. Where it optimises, it grows with the cube: half a minute for 600 ports in 7 KB. Without that
/// the program is longer and its verdicts are the same.
/// </summary>
/// <param name="Longest">The most characters of an expression.</param>
/// <param name="LongestOptimised">The most characters for which libpcap optimises.</param>
internal readonly record struct FilterEffort(int Longest, int LongestOptimised)
{
    /// <summary>For the rules and the expression of a command line, whose user waits for them.</summary>
    public static readonly FilterEffort Usual = new(FilterCompiler.LongestExpression, 2048);

    /// <summary>
    /// For whoever asks a running pipeline. As many ports as fit take less than a second, and libpcap needs less than 16 MiB for them.
    /// </summary>
    public static readonly FilterEffort Quick = new(1024, 384);
}
