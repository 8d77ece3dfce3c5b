using Pipeline.Actors.Configuration;
using Pipeline.Actors.Configuration.Values;
using Pipeline.Nic.Consumers.Flows;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Setup;

/// <summary>Checks options made in code, as the binder checks those of configurations. Every record checks itself.</summary>
internal static class OptionsCheck
{
    /// <exception cref="ArgumentException">An option makes no sense.</exception>
    public static void Check(PipelineOptions options, IEnumerable<string> handlers)
    {
        var known = options.Consumers.Keys.Concat(handlers).Append(ConsumerOptions.Stack).Distinct().ToList();
        foreach (var route in options.Routes)
        {
            if (!known.Contains(route.To))
                throw new ArgumentException(
                    $"a route leads to '{route.To}', but there is no such consumer; there are {string.Join(", ", known)}");
            Check(route);
        }

        if (options.Name is { } name && !Names.IsName(name)) throw new ArgumentException($"name: '{name}' is not {Names.Reading.Expected}");
        foreach (var consumer in options.Consumers.Values) Check(consumer);
        if (options.Cluster is { } cluster) Refuse("the cluster", cluster.Check());
        Refuse("the dashboard", options.Dashboard.Check());
        Refuse("the bundles", options.Bundle.Check());
        Refuse("the source", options.Source.Check());
        Refuse("the source's pool", options.Source.Pool.Check());
        Refuse("the released flows", OptionProblem.Unless(options.Released, 1, ReleasedFlows.Most, "flows", "flows"));
        if (options.Source.Sim is { } sim) Refuse("the simulated NIC", sim.Check());
    }

    /// <exception cref="ArgumentException">An option makes no sense.</exception>
    public static void Check(RouteOptions route)
    {
        Refuse($"the route to '{route.To}'", route.Check());
        if (route.Breaker is { } breaker) Refuse($"the route to '{route.To}': breaker", breaker.Check());
    }

    /// <exception cref="ArgumentException">An option makes no sense.</exception>
    public static void Check(ConsumerOptions consumer)
    {
        Refuse($"the consumer '{consumer.Name}'", consumer.Check());
        if (consumer.Rotate is { } rotate) Refuse($"the consumer '{consumer.Name}': rotate", rotate.Check());
    }

    private static void Refuse(string what, IEnumerable<OptionProblem> problems)
    {
        foreach (var problem in problems) throw new ArgumentException($"{what}: {problem.Key}: {problem.Message}");
    }
}
