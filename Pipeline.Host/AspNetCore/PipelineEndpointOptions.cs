using Pipeline.Host.Server;

namespace Pipeline.AspNetCore;

/// <summary>Which pipeline an application serves, and who may do what. The application's own authorization is asked first.</summary>
public sealed class PipelineEndpointOptions
{
    /// <summary>The name that the pipeline was added under; null for the one without a name.</summary>
    public string? Pipeline { get; set; }

    /// <summary>Whether every change, and every capture, is refused.</summary>
    public bool IsReadOnly { get; set; }

    /// <summary>The policy of the application for figures, rules and events; null for none.</summary>
    public string? ReadPolicy { get; set; }

    /// <summary>The policy of the application for packets with their contents; null for <see cref="ReadPolicy"/>.</summary>
    public string? CapturePolicy { get; set; }

    /// <summary>The policy of the application for changes; null for <see cref="ReadPolicy"/>.</summary>
    public string? ChangePolicy { get; set; }

    internal string? PolicyOf(Right right) => right switch
    {
        Right.None => null,
        Right.Capture => CapturePolicy ?? ReadPolicy,
        Right.Change => ChangePolicy ?? ReadPolicy,
        _ => ReadPolicy,
    };
}
