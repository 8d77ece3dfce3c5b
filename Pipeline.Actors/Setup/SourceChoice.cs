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

    private static bool IsBypass(PipelineOptions options, RouteOptions route) =>
        options.Consumers.TryGetValue(route.To, out var consumer) && consumer.Kind == ConsumerKind.Bypass;
}
