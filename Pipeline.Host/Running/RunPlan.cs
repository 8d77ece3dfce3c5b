using Pipeline.Actors;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Setup;
using Pipeline.Host.Commands;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Linux;

namespace Pipeline.Host.Running;

/// <summary>Makes a setup from flags. Errors are found here, before anything has been created.</summary>
internal static class RunPlan
{
    /// <returns>A setup whose source is open. Whoever starts the run hands it over.</returns>
    /// <exception cref="UsageException">The flags cannot be followed.</exception>
    /// <exception cref="OutputConflictException">An output would overwrite what is read, or another output.</exception>
    /// <exception cref="InvalidInputException">Rules, configuration or expression have errors.</exception>
    /// <exception cref="IOException">The source cannot be read.</exception>
    public static PipelineSetup Make(RunFlags flags, Terminal terminal, Parts parts)
    {
        var plan = new PipelineBuilder()
            .FromConfiguration(parts.ReadConfiguration(flags.Configurations, terminal.Environment), flags.Configurations)
            .Configure(options => Checked(FlagLayer.Apply(options, Named(flags, parts)), flags, terminal))
            .OpenBy((source, _) => Open(source, flags, terminal, parts))
            .TransmitBy(parts.OpenTransmitter)
            .Select(flags.Expression)
            .StopAfterPackets(flags.Count)
            .StopAfter(flags.StopAfter);
        if (flags.Rules is { } rules) plan.RulesFromFile(rules);
        var setup = plan.Build();
        if (!(flags.Json || flags.CountsOnly) || FlagLayer.Prints(setup.Options) || RefusalOfReport(setup) is not { } words) return setup;
        setup.Nic.Dispose();
        throw new OutputConflictException(words);
    }

    /// <summary>Standard output may have been redirected to the end of a file that is read, or to a file that is written.</summary>
    private static string? RefusalOfReport(PipelineSetup setup)
    {
        if (FileIdentity.Of(StandardStreams.Output) is not { } report) return null;
        if (setup.Files?.RefusalOf(StandardStreams.Output, StandardStreams.OutputName) is { } refusal) return refusal;
        var outputs = setup.Options.Consumers.Values.SelectMany(c => c.OutputFiles());
        return outputs.Any(o => FileIdentity.Of(o) == report) ? FilesInUse.WrittenTwice(StandardStreams.OutputName) : null;
    }

    /// <summary>The flags with the interface's name where its number was given.</summary>
    private static RunFlags Named(RunFlags flags, Parts parts) => flags.Interface is { } given
        ? flags with { Interface = given with { Name = InterfaceStart.NameOf(given.Name, parts.ReadInterfaces) } }
        : flags;

    /// <summary>Says how an interface is read before anything is attached to it.</summary>
    private static INic Open(SourceOptions source, RunFlags flags, Terminal terminal, Parts parts)
    {
        if (source.Interface is null) return parts.OpenSource(source);
        foreach (var line in InterfaceStart.Check(source, parts.ReadInterfaces()))
        {
            if (!flags.Quiet) terminal.Error.WriteLine(line);
        }

        return parts.OpenSource(source);
    }

    private static PipelineOptions Checked(PipelineOptions options, RunFlags flags, Terminal terminal)
    {
        if (SourceChoice.ProblemOfRoles(options) is { } problem) throw new UsageException($"cluster: {problem}");
        if (SourceChoice.NeedsNone(options)) return options;
        if (options.Source is { File: null, Sim: null, Interface: null }) throw new UsageException("no source of packets: give -r FILE, -i IF or --sim PROFILE, or source { file = ... } in a configuration");
        var source = SourceChoice.Resolve(options).Source;
        foreach (var wrong in source.Check()) throw new UsageException(wrong.Message);
        if (source.Interface is { } name && flags.Expression is not null && Backends.Takes(source.Backend) == true)
            throw new UsageException($"an expression is asked of every packet, and {source.Backend} would take all of them from the kernel of this machine; copy them with -i {name}:{Backends.NameThatCopies}, or route marks to a consumer that writes them");
        if (options.Source.LaterFiles.Prepend(options.Source.File).Contains("-") && terminal.InIsTerminal) throw new UsageException("-r -: standard input is a terminal; redirect a capture into it");
        Outputs.Check(options, flags.Json, terminal.OutIsTerminal, flags.CountsOnly);
        return options;
    }
}
