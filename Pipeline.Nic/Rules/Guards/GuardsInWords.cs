using System.Net;

namespace Pipeline.Nic.Rules.Guards;

/// <summary>Says which guards are in force, and which would be in force but are lifted.</summary>
public static class GuardsInWords
{
    /// <summary>What is said where no guard is needed.</summary>
    public const string NothingIsMissed =
        "keep-out: not in force; the packets are what was sent to the interface, and the normal stack is done with them";

    /// <summary>The same, where the packets are copies.</summary>
    public const string NothingIsTaken = "keep-out: not in force; the packets are copies, and the normal stack gets every one of them";

    /// <summary>The names of the guards that the rules leave in force, and of those that they lift.</summary>
    /// <returns>One line, one more where a guard is lifted, and one more where the source cannot have one.</returns>
    public static IEnumerable<string> Of(GuardPorts ports, RuleSet rules)
    {
        var all = KeepOutGuards.All(ports);
        var inForce = KeepOutGuards.InForce(all, rules);
        yield return inForce.Count == 0 ? "keep-out: nothing" : $"keep-out: {string.Join(", ", inForce.Select(g => Shown(g.Name, ports)))}";
        var lifted = all.Except(inForce).Select(g => g.Name).ToList();
        if (lifted.Count > 0) yield return $"keep-out: lifted {string.Join(", ", lifted)}";
        if (ports.Own is null && !rules.LiftedGuards.Contains(KeepOutGuards.Own))
            yield return "keep-out: not in force own (only a source that takes packets in the kernel can ask for their sockets)";
    }

    private static string Shown(string guard, GuardPorts ports) => guard switch
    {
        "ssh" => $"ssh ({Ports(ports.Ssh)}{(ports.SshSource is { } source ? $", by {source}" : "")})",
        "cluster" => $"cluster ({Endpoints(ports.Cluster)})",
        KeepOutGuards.Own => $"own ({Sources(ports.Own!)}{Except(ports.Own!.ServedPorts)})",
        "dashboard" => $"dashboard ({Endpoints(ports.Dashboard)})",
        _ => guard,
    };

    /// <summary>Endpoints by port alone where any address is meant.</summary>
    private static string Endpoints(IReadOnlyList<IPEndPoint> endpoints)
    {
        var any = endpoints.Where(IsAnywhere).Select(e => e.Port).Order().Distinct().ToList();
        var at = endpoints.Where(e => !IsAnywhere(e) && !IPAddress.IsLoopback(e.Address)).Select(e => e.ToString()).Distinct();
        return string.Join(", ", any.Count > 0 ? at.Prepend(Ports(any)) : at);
    }

    private static bool IsAnywhere(IPEndPoint endpoint) =>
        endpoint.Address.Equals(IPAddress.Any) || endpoint.Address.Equals(IPAddress.IPv6Any);

    private static string Sources(OwnReplies own) =>
        own.Tracking is null ? "by the kernel's sockets" : "by the kernel's sockets and tracked connections";

    private static string Except(IReadOnlyList<int> served) => served.Count == 0 ? "" : $", without the UDP {Ports(served)}";

    private static string Ports(IReadOnlyList<int> ports) => $"port{(ports.Count == 1 ? "" : "s")} {string.Join(' ', ports)}";
}
