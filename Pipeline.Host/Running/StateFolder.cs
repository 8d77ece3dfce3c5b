using Pipeline.Actors.Configuration;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Running;

/// <summary>Finds the folder that remembers across restarts what a pipeline has to go on from.</summary>
internal static class StateFolder
{
    /// <summary>The state of services (Filesystem Hierarchy Standard 3.0, section 5.8).</summary>
    public const string OfMachine = "/var/lib/pipeline";

    /// <summary>What systemd sets from <c>StateDirectory=</c>: folders with colons between them (systemd.exec(5)).</summary>
    private const string OfService = "STATE_DIRECTORY";

    /// <summary>The folders to try in turn; none for a pipeline that remembers nothing.</summary>
    /// <param name="configured">The folder of the configuration, or <see cref="PipelineOptions.NoState"/>; null for the default.</param>
    /// <param name="isLive">Whether the source is a wire. A capture is the same at every start, and so is a simulation.</param>
    public static IReadOnlyList<string> Candidates(string? configured, IReadOnlyDictionary<string, string> environment, bool isLive)
    {
        if (configured == PipelineOptions.NoState) return [];
        if (configured is not null) return [FullPath.Of(configured)];
        if (environment.GetValueOrDefault(OfService, "").Split(':')[0] is { Length: > 0 } service) return [service];
        return isLive ? [OfMachine, .. OfUser(environment)] : [];
    }

    /// <summary>XDG Base Directory Specification 0.8: <c>$XDG_STATE_HOME</c>, by default <c>~/.local/state</c>.</summary>
    private static IEnumerable<string> OfUser(IReadOnlyDictionary<string, string> environment)
    {
        var state = environment.GetValueOrDefault("XDG_STATE_HOME", "");
        var home = environment.GetValueOrDefault("HOME", "");
        if (Path.IsPathRooted(state)) yield return Path.Combine(state, "pipeline");
        else if (Path.IsPathRooted(home)) yield return Path.Combine(home, ".local", "state", "pipeline");
    }
}
