using System.Net;
using Pipeline.Actors;
using Pipeline.Host.Commands;
using Pipeline.Host.Registry;
using Pipeline.Host.Schema;

namespace Pipeline.Host.Running;

/// <summary>The place of a run on its host: the name that others find it by, and the numbers of its generations.</summary>
internal static class RunPlace
{
    /// <summary>Takes the run's name, if there is anything to find or to remember.</summary>
    /// <param name="url">Its server; null for none.</param>
    /// <returns>The caller disposes it when the run has ended; null for a run that nobody looks for.</returns>
    public static NameClaim? Claim(PipelineSetup setup, RunFlags flags, string? url, Terminal terminal, Parts parts)
    {
        if (url is null && !setup.Nic.Traits.IsLive && StateFolders(setup, terminal).Count == 0) return null;
        var source = setup.Options.Source;
        return NameClaim.Take(parts.FindPipelines(terminal.Environment), new PipelineJson(
            PipelineName.Of(setup.Options, flags.Configuration),
            Environment.ProcessId,
            ProcessStart.OfThisProcess,
            url is null ? null : Reachable(url),
            source.Interface is { } name ? [name] : [],
            setup.Nic.Name,
            TimeProvider.System.GetUtcNow(),
            PidNamespace.OfThisProcess));
    }

    /// <summary>Numbers the generations of a run from where the last run of that name ended, if that is remembered.</summary>
    /// <param name="say">Gets a line for the user where they start anew and should not.</param>
    public static PipelineSetup Number(PipelineSetup setup, string name, Terminal terminal, Action<string> say)
    {
        // A cluster that has these rules already must not take another number for them because one node was started again.
        var rules = setup.Options.Cluster is null ? null : setup.Rules.Source.Text;
        var numbers = GenerationNumbers.In(StateFolders(setup, terminal), name, out var problem, rules);
        if (problem is not null) say($"warning: {problem}");
        return numbers is null ? setup : setup with
        {
            Rules = setup.Rules with { Generation = numbers.First },
            RememberGeneration = next => numbers.Remember(next.Generation, next.Source.Text),
        };
    }

    /// <summary>What the user should know of the name: always that it is another than was asked for, and all of it in a run that says more.</summary>
    public static IEnumerable<string> InWords(NameClaim place, bool verbose)
    {
        if (place.Name != place.Wanted) yield return $"a running pipeline is called {place.Wanted}; this one is {place.Name}";
        else if (verbose) yield return place.Problem is { } why ? $"`pipeline ps` does not show this run: {why}" : $"the name of this run is {place.Name}";
    }

    private static IReadOnlyList<string> StateFolders(PipelineSetup setup, Terminal terminal) =>
        StateFolder.Candidates(setup.Options.State, terminal.Environment, setup.Nic.Traits.IsLive);

    /// <summary>A server that listens on every address is asked on this machine's own.</summary>
    private static string Reachable(string url)
    {
        var served = new Uri(url);
        if (!IPAddress.TryParse(served.DnsSafeHost, out var address)) return url;
        if (address.Equals(IPAddress.Any)) return new UriBuilder(served) { Host = $"{IPAddress.Loopback}" }.Uri.AbsoluteUri.TrimEnd('/');
        return address.Equals(IPAddress.IPv6Any) ? new UriBuilder(served) { Host = $"[{IPAddress.IPv6Loopback}]" }.Uri.AbsoluteUri.TrimEnd('/') : url;
    }
}
