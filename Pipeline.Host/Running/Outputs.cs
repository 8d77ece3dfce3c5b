using Pipeline.Actors.Configuration;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Rules;

namespace Pipeline.Host.Running;

/// <summary>What can be said against a run's outputs before any of them is created.</summary>
internal static class Outputs
{
    /// <exception cref="UsageException">Standard output is wanted for two things, or is a screen.</exception>
    public static void Check(PipelineOptions options, bool json, bool outIsTerminal)
    {
        var toOut = options.Consumers.Values.Where(c => c.Write == "-").ToList();
        if (toOut.Count > 1) throw new UsageException("two captures cannot both be written to standard output");
        if (toOut.Count > 0 && json) throw new UsageException("--json prints the report to standard output, where the capture is to be written; give -w a file name");
        if (outIsTerminal && toOut.Any(c => c.Kind == ConsumerKind.AfPacket)) throw new UsageException("will not write a capture to a terminal; redirect standard output, or give -w a file name");
    }

    /// <param name="options">What is read and written.</param>
    /// <param name="rules">The rules by which captures are split.</param>
    /// <param name="configuration">The file of <c>--config</c>.</param>
    /// <exception cref="UsageException">An output would destroy what is read, or another output.</exception>
    public static void CheckFiles(PipelineOptions options, RuleSet rules, string? configuration)
    {
        HashSet<string> read = [];
        foreach (var file in new[] { options.Source.File, options.Source.Sim?.Capture, options.Rules, configuration })
        {
            if (file is not null and not "-") read.Add(Canonical(file));
        }

        HashSet<string> written = [];
        foreach (var (file, canonical) in Written(options, rules))
        {
            if (read.Contains(canonical)) throw new UsageException($"{file}: would be overwritten while it is read; write to another place");
            if (!written.Add(canonical) && !IsDevice(canonical)) throw new UsageException($"{file}: two captures would be written to it; give each a file of its own");
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
