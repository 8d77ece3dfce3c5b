namespace Pipeline.Nic.Accounts;

/// <summary>The names that reports and metrics use, one per reason: the enum's words in lower case with hyphens.</summary>
public static class ReasonNames
{
    private static readonly string[] Drops = [.. Enum.GetNames<DropReason>().Select(Hyphenate)];
    private static readonly string[] Losses = [.. Enum.GetNames<DeviceLoss>().Select(Hyphenate)];

    /// <summary>
    /// Such as <c>share-exceeded</c>. It is the same string each time and never changes, because scripts and dashboards identify reasons by
    /// it.
    /// </summary>
    /// <exception cref="IndexOutOfRangeException">It is not in the closed list.</exception>
    public static string Name(this DropReason reason) => Drops[(int)reason];

    /// <summary>
    /// Such as <c>ring-full</c>. It is the same string each time and never changes, because scripts and dashboards identify losses by it.
    /// </summary>
    /// <exception cref="IndexOutOfRangeException">It is not in the closed list.</exception>
    public static string Name(this DeviceLoss loss) => Losses[(int)loss];

    /// <exception cref="ArgumentOutOfRangeException">It is not in the closed list.</exception>
    internal static void Check(DropReason reason)
    {
        if ((uint)reason >= (uint)Drops.Length)
            throw new ArgumentOutOfRangeException(nameof(reason), reason, "there is no such reason to drop a packet");
    }

    private static string Hyphenate(string name) =>
        string.Concat(name.Select((c, i) => (char.IsUpper(c) && i > 0 ? "-" : "") + char.ToLowerInvariant(c)));
}
