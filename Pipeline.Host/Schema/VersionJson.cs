namespace Pipeline.Host.Schema;

/// <summary>What <c>version --json</c> prints.</summary>
internal sealed record VersionJson(string Version, string Runtime, string Platform);
