namespace Pipeline.Nic.Devices;

/// <summary>The process lacks a capability that a device needs.</summary>
/// <param name="subject">The interface.</param>
/// <param name="what">What needs it, in the words of a sentence: <c>a packet socket</c>.</param>
/// <param name="capabilities">All that it needs, as capabilities(7) names them.</param>
/// <param name="inner">What the system said.</param>
public sealed class MissingCapabilityException(string subject, string what, IReadOnlyList<string> capabilities, Exception? inner = null)
    : UnauthorizedAccessException($"{subject}: {what} needs {InWords(capabilities)}; {Fix(capabilities)}", inner)
{
    /// <summary>The capabilities, as capabilities(7) names them.</summary>
    public IReadOnlyList<string> Capabilities { get; } = capabilities;

    /// <summary>The way to give a program its capabilities, in the words of a sentence.</summary>
    public static string Fix(IReadOnlyList<string> capabilities) =>
        $"run it as root, or give {(capabilities.Count == 1 ? "it" : "them")} to the single-file program: "
        + $"sudo setcap {Text(capabilities)} \"$(command -v pipeline)\"";

    private static string InWords(IReadOnlyList<string> capabilities) =>
        $"the capabilit{(capabilities.Count == 1 ? "y" : "ies")} {string.Join(" and ", capabilities)}";

    /// <summary>As setcap(8) reads them.</summary>
    private static string Text(IReadOnlyList<string> capabilities) =>
        $"{string.Join(',', capabilities.Select(c => c.ToLowerInvariant()))}+ep";
}
