using Pipeline.Actors.Delivery.Handlers;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration;

/// <summary>Checks that the handlers a configuration names are available. No handler is made and none of their code runs.</summary>
internal static class ConsumerHandlers
{
    /// <returns>
    /// An error for each handler that is not available, at the place where it is written, and whether the reason is a missing assembly.
    /// </returns>
    public static IReadOnlyList<(Diagnostic Error, bool IsMissing)> Problems(ConfigurationResult configuration, bool canTransmit)
    {
        List<(Diagnostic, bool)> problems = [];
        foreach (var consumer in configuration.Options?.Consumers.Values ?? [])
        {
            if (consumer.To is { } to && !canTransmit)
            {
                problems.Add(
                    (configuration.Error(Transmitters.NothingTransmits(to), "pipeline", "consumers", consumer.Name, "to"), false));
            }

            if (consumer.HandlerAssembly is not null && Problem(consumer) is { } problem)
            {
                problems.Add(
                    (configuration.Error(problem.Message, problem.Help, ["pipeline", "consumers", consumer.Name, "handler"]),
                    problem.IsMissing));
            }
        }

        return problems;
    }

    /// <returns>
    /// A diagnostic for every assembly that a handler was built against and that is not available, at the place where the handler is
    /// written.
    /// </returns>
    /// <param name="isError">
    /// Whether that is an error. A run treats it as a warning, because the code that needs the assembly might never be reached.
    /// </param>
    public static IReadOnlyList<Diagnostic> Missing(ConfigurationResult configuration, bool isError)
    {
        List<Diagnostic> found = [];
        foreach (var consumer in configuration.Options?.Consumers.Values ?? [])
        {
            if (consumer.HandlerAssembly is null) continue;
            var error = configuration.Error(
                "",
                "build the handler's project with <EnableDynamicLoading>true</EnableDynamicLoading>, or put the library beside it",
                ["pipeline", "consumers", consumer.Name, "handler"]);
            foreach (var missing in MissingOf(consumer.HandlerAssembly))
            {
                found.Add(error with
                {
                    Message = $"{consumer.HandlerAssembly}: misses {missing}",
                    Severity = isError ? Severity.Error : Severity.Warning,
                });
            }
        }

        return found;
    }

    private static IReadOnlyList<string> MissingOf(string path)
    {
        try
        {
            using var assembly = HandlerAssembly.Load(path);
            return assembly.MissingReferences();
        }
        catch (HandlerException)
        {
            // Reported as a problem already.
            return [];
        }
    }

    private static HandlerException? Problem(ConsumerOptions consumer)
    {
        try
        {
            using var assembly = HandlerAssembly.Load(consumer.HandlerAssembly!);
            assembly.Handler(consumer.Handler ?? "");
            return null;
        }
        catch (HandlerException problem)
        {
            return problem;
        }
    }
}
