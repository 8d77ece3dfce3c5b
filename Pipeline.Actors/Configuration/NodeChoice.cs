using System.Diagnostics.CodeAnalysis;
using Pipeline.Actors.Configuration.Values;

namespace Pipeline.Actors.Configuration;

/// <summary>Nodes of a cluster that run instances of a consumer group: one by its name, or all that have a role.</summary>
/// <param name="Node">The node's name; null where a role is meant.</param>
/// <param name="Role">The role; null where a node is meant.</param>
public sealed record NodeChoice(string? Node, ClusterRole? Role)
{
    private const string RolePrefix = "role:";

    internal static readonly Reading<NodeChoice> Reading = new(
        $"a node's name, or {RolePrefix} and one of {ClusterOptions.RoleWords}", TryRead);

    /// <summary>Whether a node is meant.</summary>
    public bool Means(ClusterOptions node) => Role is { } role ? node.Is(role) : node.Name == Node;

    /// <inheritdoc/>
    public override string ToString() => Role is { } role ? RolePrefix + ClusterOptions.Word(role) : Node ?? "";

    private static bool TryRead(string text, [MaybeNullWhen(false)] out NodeChoice choice)
    {
        choice = null;
        if (!text.StartsWith(RolePrefix, StringComparison.Ordinal)) choice = Names.IsName(text) ? new NodeChoice(text, null) : null;
        else if (ClusterOptions.RoleReading.TryRead(text[RolePrefix.Length..], out var role)) choice = new NodeChoice(null, role);
        return choice is not null;
    }
}
