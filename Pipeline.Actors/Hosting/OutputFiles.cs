using Pipeline.Actors.Configuration;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Hosting;

/// <summary>What can be said against the files that a pipeline would write, before any of them is created.</summary>
internal static class OutputFiles
{
    /// <param name="options">What is read and written.</param>
    /// <param name="rules">The rules by which captures are split.</param>
    /// <param name="configuration">The configuration file, where there is one.</param>
    /// <exception cref="OutputConflictException">An output would destroy what is read, or another output.</exception>
    public static void Check(PipelineOptions options, RuleSet rules, string? configuration)
    {
        HashSet<string> read = [];
        foreach (var file in new[] { options.Source.File, options.Source.Sim?.Capture, options.Rules, configuration })
        {
            if (file is not null and not "-") read.Add(Canonical(file));
        }

        HashSet<string> written = [];
        foreach (var (file, canonical) in Written(options, rules))
        {
            if (read.Contains(canonical)) throw new OutputConflictException($"{file}: would be overwritten while it is read; write to another place");
            if (!written.Add(canonical) && !IsDevice(canonical)) throw new OutputConflictException($"{file}: two captures would be written to it; give each a file of its own");
        }
    }

    /// <summary>The same of rules that come later, which may name files just as those at the start do.</summary>
    /// <returns>Null where nothing is to be said against them.</returns>
    public static string? RefusalOf(RuleSet later, PipelineOptions options, string? configuration)
    {
        try
        {
            Check(options, later, configuration);
            return null;
        }
        catch (OutputConflictException error)
        {
            return error.Message;
        }
    }

    private static IEnumerable<(string File, string Canonical)> Written(PipelineOptions options, RuleSet rules)
    {
        foreach (var consumer in options.Consumers.Values)
        {
            foreach (var file in consumer.OutputFiles().Where(f => f != "-")) yield return (file, Canonical(file));
            if (consumer.SplitFolder is not { } folder) continue;
            var canonical = Canonical(folder);
            foreach (var name in rules.Rules.Select(r => r.Name).Prepend(SplitConsumer.Unmatched))
            {
                yield return (SplitConsumer.FileOf(folder, name), SplitConsumer.FileOf(canonical, name));
            }
        }
    }

    /// <summary>Such as /dev/null, which takes anything from anyone.</summary>
    private static bool IsDevice(string canonical) => canonical.StartsWith("/dev/", StringComparison.Ordinal);

    /// <summary>The path with no symbolic link left in it.</summary>
    private static string Canonical(string path)
    {
        var full = Path.GetFullPath(path);
        if (Path.GetDirectoryName(full) is not { } parent) return full;
        var here = Path.Combine(Canonical(parent), Path.GetFileName(full));
        if (!Path.Exists(here)) return here;
        var target = new FileInfo(here).ResolveLinkTarget(returnFinalTarget: true);
        return target is null ? here : Canonical(target.FullName);
    }
}
