using Pipeline.Actors.Delivery.Handlers;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration;

/// <summary>The handlers that a configuration names: whether they are there. None is made, none of their code runs.</summary>
internal static class ConsumerHandlers
{
    /// <returns>An error for each that cannot be had, at the place where it is written, and whether its assembly is not there.</returns>
    public static IReadOnlyList<(Diagnostic Error, bool IsMissing)> Problems(ConfigurationResult configuration, bool canTransmit)
    {
        List<(Diagnostic, bool)> problems = [];
        foreach (var consumer in configuration.Options?.Consumers.Values ?? [])
        {
            if (consumer.To is { } to && !canTransmit)
            {
                problems.Add((configuration.Error(ForwardConsumer.NothingTransmits(to), "pipeline", "consumers", consumer.Name, "to"), false));
            }

            if (consumer.HandlerAssembly is not null && Problem(consumer) is { } problem)
            {
                problems.Add((configuration.Error(problem.Message, problem.Help, ["pipeline", "consumers", consumer.Name, "handler"]), problem.IsMissing));
            }
        }

        return problems;
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
