namespace Pipeline.Host.Schema;

/// <summary>The output of <c>version --json</c>.</summary>
internal sealed record VersionJson(string Version, string Runtime, string Platform);
