using Pipeline.Actors.Configuration;
using Pipeline.Actors.Configuration.Values;

namespace Pipeline.Host.Running;

/// <summary>The name of a pipeline that has none of its own: that of its node, of its configuration, or of what its packets come from.</summary>
internal static class PipelineName
{
    /// <param name="configuration">The file of <c>--config</c>; null for none.</param>
    public static string Of(PipelineOptions options, string? configuration)
    {
        if ((options.Name ?? options.Cluster?.Name) is { } name) return name;
        if (configuration is not null) return Names.Of(Path.GetFileNameWithoutExtension(configuration));
        return options.Source switch
        {
            { Interface: { } card } => Names.Of(card),
            { File: "-" } => "stdin",
            { File: { } file } => Names.Of(Path.GetFileNameWithoutExtension(file)),
            { Sim: not null } => "sim",
            _ => "pipeline",
        };
    }
}
