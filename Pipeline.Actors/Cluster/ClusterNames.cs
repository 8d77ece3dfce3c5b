using System.Globalization;
using Akka.Actor;
using Akka.Cluster;
using Pipeline.Actors.Cluster.Rules;
using Pipeline.Actors.Configuration;

namespace Pipeline.Actors.Cluster;

/// <summary>
/// What members tell of themselves travels as roles, which the cluster passes on with the membership itself. A node's name is one of them.
/// </summary>
internal static class ClusterNames
{
    private const string NamePrefix = "name:";

    public static IEnumerable<string> RolesOf(ClusterOptions options) =>
        options.Roles.Select(ClusterOptions.Word).Append(NamePrefix + options.Name)
            .Concat(options.Is(ClusterRole.Witness) ? [] : [ClusterRules.Role]);

    public static string NameOf(Member member) =>
        member.Roles.FirstOrDefault(r => r.StartsWith(NamePrefix, StringComparison.Ordinal)) is { } role ? role[NamePrefix.Length..] : Of(member.Address);

    public static IReadOnlyList<ClusterRole> RolesOf(Member member) =>
        [.. Enum.GetValues<ClusterRole>().Where(r => member.Roles.Contains(ClusterOptions.Word(r)))];

    public static string Of(Address address) => string.Create(CultureInfo.InvariantCulture, $"{address.Host}:{address.Port}");
}
