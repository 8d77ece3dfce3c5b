using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Configuration;

/// <summary>Checks the filters of a configuration's consumers with libpcap.</summary>
internal static class ConsumerFilters
{
    /// <returns>An error for each filter that libpcap rejects, at the place where it is written.</returns>
    public static IReadOnlyList<Diagnostic> Errors(ConfigurationResult configuration)
    {
        List<Diagnostic> errors = [];
        foreach (var consumer in configuration.Readable?.Consumers.Values.Where(c => c.Filter is not null) ?? [])
        {
            try
            {
                PacketFilter.Create(consumer.Filter!);
            }
            catch (FilterException error)
            {
                errors.Add(configuration.Error(error.Message, "pipeline", "consumers", consumer.Name, "filter"));
            }
        }

        return errors;
    }
}
