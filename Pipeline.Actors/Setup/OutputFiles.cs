using Pipeline.Actors.Configuration;
using Pipeline.Actors.Delivery.Handlers;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Setup;

/// <summary>Finds conflicts of the files that a pipeline would write, before any of them is created.</summary>
internal static class OutputFiles
{
    private const string Standard = "-";

    /// <param name="options">The options, which name the files.</param>
    /// <param name="rules">The rules whose names split captures.</param>
    /// <param name="inputs">The files that are read, by their names.</param>
    /// <exception cref="OutputConflictException">An output would destroy what is read, or another output.</exception>
    public static void Check(PipelineOptions options, RuleSet rules, IReadOnlyList<string> inputs)
    {
        var files = new FilesInUse(inputs);
        HashSet<string> read = [.. inputs.Where(i => i != Standard).Select(Canonical)];
        HashSet<string> written = [];
        HashSet<FileIdentity> there = [];
        foreach (var (file, canonical) in Written(options, rules))
        {
            if (files.RefusalOf(canonical) is not null || (read.Contains(canonical) && !FileIdentity.IsShared(canonical)))
                throw new OutputConflictException(FilesInUse.Overwritten(file));
            var isTwice = !written.Add(canonical) && !FileIdentity.IsShared(canonical);
            if (isTwice || (FileIdentity.Of(canonical) is { } identity && !there.Add(identity)))
                throw new OutputConflictException(FilesInUse.WrittenTwice(file));
        }

        if (options.Consumers.Values.Any(c => c.Write == Standard)) CheckStandardOutput(files, there);
    }

    /// <summary>The files that are read, by their names; <c>-</c> is standard input. Some are read again while packets flow.</summary>
    public static IReadOnlyList<string> InputsOf(PipelineOptions options, IEnumerable<string> configurations)
    {
        var handlers = options.Consumers.Values.Select(c => c.HandlerAssembly).OfType<string>().SelectMany(HandlerAssembly.FilesOf);
        return [
            .. new[]
            {
                options.Source.File, options.Source.Sim?.Capture, options.Rules, ConfigurationLoader.MachineFile,
            }.OfType<string>(), .. options.Source.LaterFiles, .. configurations, .. handlers
        ];
    }

    /// <summary>Checks rules that come later, which may name files just as those at the start do.</summary>
    /// <returns>The reason to refuse them; null for none.</returns>
    public static string? RefusalOf(RuleSet later, PipelineOptions options, IReadOnlyList<string> inputs)
    {
        try
        {
            Check(options, later, inputs);
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
            foreach (var file in consumer.OutputFiles().Where(f => f != Standard)) yield return (file, Canonical(file));
            if (consumer.SplitFolder is not { } folder) continue;
            var canonical = Canonical(folder);
            foreach (var name in rules.Rules.Select(r => r.Name).Prepend(SplitConsumer.Unmatched))
            {
                yield return (SplitConsumer.FileOf(folder, name), SplitConsumer.FileOf(canonical, name));
            }
        }
    }

    /// <summary>Standard output may have been redirected to the end of a file that is read, or to a file that is written as well.</summary>
    private static void CheckStandardOutput(FilesInUse files, HashSet<FileIdentity> there)
    {
        const string Name = StandardStreams.OutputName;
        if (!StandardStreams.IsOpen(StandardStreams.Output)) return;
        if (files.RefusalOf(StandardStreams.Output, Name) is { } refusal) throw new OutputConflictException(refusal);
        if (FileIdentity.Of(StandardStreams.Output) is { } output && there.Contains(output))
            throw new OutputConflictException(FilesInUse.WrittenTwice(Name));
    }

    /// <summary>The path with no symbolic link left in it.</summary>
    private static string Canonical(string path)
    {
        var full = FullPath.Of(path);
        if (Path.GetDirectoryName(full) is not { } parent) return full;
        var here = Path.Combine(Canonical(parent), Path.GetFileName(full));
        if (!Path.Exists(here)) return here;
        var target = new FileInfo(here).ResolveLinkTarget(returnFinalTarget: true);
        return target is null ? here : Canonical(target.FullName);
    }
}
