namespace Pipeline.Nic.Rules;

/// <summary>
/// The guards that stand in front of all rules on live interfaces, by the names they are lifted with. What they match stays with the
/// kernel, because a machine that loses it cannot be reached or repaired any more.
/// </summary>
public static class KeepOutGuards
{
    public static IReadOnlyList<string> Names { get; } = ["arp", "nd", "icmp-errors", "dhcp", "l2-control", "ssh", "cluster", "dashboard"];
}
