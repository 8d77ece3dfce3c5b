using System.Net;
using Pipeline.Actors.Configuration.Values;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration;

/// <summary>A node's place in a cluster: who it is, where the others reach it, and whom it asks to be let in.</summary>
public sealed record ClusterOptions
{
    /// <summary>The most seeds that are worth naming: of those that answer, the first is joined.</summary>
    internal const int MostSeeds = 16;

    /// <summary>The node's name, which no other node of the cluster has (<see cref="Values.Names"/>).</summary>
    public required string Name { get; init; }

    /// <summary>What the node does for the cluster, each once.</summary>
    public IReadOnlyList<ClusterRole> Roles { get; init; } = [];

    /// <summary>The address and port at which the other nodes reach it.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>
    /// Where other nodes bring packets to it; null for the address of <see cref="Listen"/> and the port after it. <see cref="DataAt"/> says
    /// which it is.
    /// </summary>
    public IPEndPoint? Data { get; init; }

    /// <summary>Where other nodes bring packets to it.</summary>
    public IPEndPoint DataAt => Data ?? new IPEndPoint(Listen.Address, Math.Min(Listen.Port + 1, ushort.MaxValue));

    /// <summary>
    /// How long a source waits, before its first packet, until every group that its routes lead to has an instance; at most a day.
    /// </summary>
    public TimeSpan Wait { get; init; } = UsualWait;

    internal static readonly TimeSpan UsualWait = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Nodes that a node asks to be let in, the same list in the same order for all nodes. The first of them begins the cluster if nobody
    /// else is there.
    /// </summary>
    public IReadOnlyList<IPEndPoint> Seeds { get; init; } = [];

    /// <summary>How nodes know each other and keep what they say to themselves; null where the operator trusts the wire.</summary>
    public ClusterTls? Tls { get; init; }

    /// <summary>Whether it has a role.</summary>
    public bool Is(ClusterRole role) => Roles.Contains(role);

    /// <summary>The problems of these options; empty when there are none.</summary>
    internal IEnumerable<OptionProblem> Check()
    {
        if (Listen.Port == 0 || IsAny(Listen)) yield return new("listen", $"the other nodes cannot reach {Listen}; expected an address of this machine and a port");
        if (DataAt.Port == 0 || IsAny(DataAt)) yield return new("data", $"the other nodes cannot reach {DataAt}; expected an address of this machine and a port");
        else if (DataAt.Equals(Listen)) yield return new("data", $"packets and what nodes say to each other have connections of their own; expected another port than {Listen.Port}");
        if (Roles.Count == 0) yield return new("roles", $"the node has no role; expected one or more of {RoleWords}");
        if (Is(ClusterRole.Witness) && Roles.Count > 1) yield return new("roles", "a witness only votes; expected no other role beside it");
        if (Seeds.Count is 0 or > MostSeeds) yield return new("seeds", $"{Seeds.Count} seeds; expected 1 to {MostSeeds}");
        foreach (var seed in Seeds.Where(s => s.Port == 0 || IsAny(s))) yield return new("seeds", $"nobody can be reached at {seed}; expected an address and a port");
        foreach (var twice in Seeds.GroupBy(s => s).Where(g => g.Count() > 1)) yield return new("seeds", $"{twice.Key} is listed twice");
    }

    /// <summary>The words of <see cref="ClusterRole"/>.</summary>
    internal static string RoleWords => string.Join(", ", Enum.GetValues<ClusterRole>().Select(Word));

    internal static Reading<ClusterRole> RoleReading { get; } = Words.Of([.. Enum.GetValues<ClusterRole>().Select(r => (Word(r), r))]);

    internal static string Word(ClusterRole role) => role.ToString().ToLowerInvariant();

    private static bool IsAny(IPEndPoint endpoint) => endpoint.Address.Equals(IPAddress.Any) || endpoint.Address.Equals(IPAddress.IPv6Any);
}

/// <summary>What a node does for its cluster.</summary>
public enum ClusterRole
{
    /// <summary>It has a source of packets.</summary>
    Nic,

    /// <summary>It runs instances of consumers for other nodes, too.</summary>
    Consumer,

    /// <summary>It shows the whole cluster.</summary>
    Dashboard,

    /// <summary>It has neither packets nor consumers, and votes on who is left when nodes lose each other.</summary>
    Witness,
}

/// <summary>The files by which the nodes of a cluster know each other, all in PEM (RFC 7468).</summary>
/// <param name="Certificate">The node's own certificate, and any between it and the authority's.</param>
/// <param name="Key">The private key of that certificate, without a password.</param>
/// <param name="Authority">The certificates of the authorities that any node's certificate must come from.</param>
public sealed record ClusterTls(string Certificate, string Key, string Authority);
