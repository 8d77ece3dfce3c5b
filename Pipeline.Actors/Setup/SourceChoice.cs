using Pipeline.Actors.Configuration;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Setup;

/// <summary>Chooses the backend of an interface where the options leave it open.</summary>
public static class SourceChoice
{
    /// <summary>
    /// The options with a backend named: the one that takes packets from the kernel where a route leads to a bypass consumer, else the
    /// one that copies them. Nothing is looked up or opened, so the choice does not depend on the machine or on privileges.
    /// </summary>
    /// <returns>The same options where they name a backend, or no interface.</returns>
    public static PipelineOptions Resolve(PipelineOptions options)
    {
        if (options.Source is not { Interface: not null, Backend: null }) return options;
        var backend = options.Routes.Any(r => IsBypass(options, r)) ? Backends.NameThatTakes : Backends.NameThatCopies;
        return options with { Source = options.Source with { Backend = backend } };
    }

    /// <summary>Whether the options are of a node of a cluster that receives no packets itself.</summary>
    public static bool NeedsNone(PipelineOptions options) =>
        options.Cluster is { } cluster && !cluster.Is(ClusterRole.Nic) && !HasSource(options.Source);

    /// <summary>What is wrong with the roles of a node beside its source; null for nothing.</summary>
    public static string? ProblemOfRoles(PipelineOptions options) => options.Cluster is not { } cluster ? null
        : cluster.Is(ClusterRole.Nic) && !HasSource(options.Source) ? "the node has the role nic, but no source of packets"
        : !cluster.Is(ClusterRole.Nic) && HasSource(options.Source) ? "the node has a source of packets, but not the role nic"
        : null;

    /// <summary>
    /// The problems that come with the choice: a name that is no backend's, or options that the chosen one does not have.
    /// </summary>
    /// <param name="options">As they were read, without a choice.</param>
    public static IEnumerable<OptionProblem> Problems(PipelineOptions options)
    {
        var chosen = Resolve(options).Source;
        if (Backends.RefusalOf(chosen) is { } refusal) yield return new(options.Source.Backend is null ? "interface" : "backend", refusal);
        if (ReferenceEquals(chosen, options.Source)) yield break;
        foreach (var problem in chosen.Check().Except(options.Source.Check())) yield return problem;
    }

    private static bool HasSource(SourceOptions source) => source is not { File: null, Interface: null, Sim: null };

    private static bool IsBypass(PipelineOptions options, RouteOptions route) =>
        options.Consumers.TryGetValue(route.To, out var consumer) && consumer.Kind == ConsumerKind.Bypass;
}
