using Pipeline.Actors;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Generations;
using Pipeline.Host.Checking;
using Pipeline.Host.Commands;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;

namespace Pipeline.Host.Running;

/// <summary>
/// From flags to a setup: everything is read, checked and compiled here, so that a run that cannot work creates nothing.
/// </summary>
/// <param name="Setup">Its source is open; whoever starts the run hands it over.</param>
/// <param name="Warnings">To be shown before the run.</param>
internal sealed record RunPlan(PipelineSetup Setup, IReadOnlyList<Diagnostic> Warnings)
{
    /// <exception cref="UsageException">The flags cannot be obeyed.</exception>
    /// <exception cref="InvalidInputException">Rules, configuration or expression have errors.</exception>
    /// <exception cref="IOException">The source cannot be read.</exception>
    public static RunPlan Make(RunFlags flags, Terminal terminal, Parts parts)
    {
        List<Diagnostic> found = [];
        var options = FlagLayer.Apply(Options(flags, terminal, parts, found), flags);
        if (options.Source is { File: null, Sim: null }) throw new UsageException("no source of packets: give -r FILE or --sim PROFILE, or source { file = ... } in a configuration");
        if (options.Source.File == "-" && terminal.InIsTerminal) throw new UsageException("-r -: standard input is a terminal; redirect a capture into it");
        Outputs.Check(options, flags.Json, terminal.OutIsTerminal);

        var rules = Rules(options.Rules, parts, found) ?? throw new InvalidInputException("nothing was run", found);
        Outputs.CheckFiles(options, rules, flags.Configuration);
        found.AddRange(RouteWarnings.Of(rules, options.Routes));
        var expression = flags.Expression is null ? null : Filter(flags.Expression, parts, found);
        var nic = parts.OpenSource(options.Source);
        try
        {
            if (expression is not null) CheckFor(nic, expression, found);
        }
        catch
        {
            nic.Dispose();
            throw;
        }

        var setup = new PipelineSetup
        {
            Options = options,
            Nic = nic,
            Rules = rules,
            RefuseRules = later => RefusalOf(later, options, flags.Configuration),
            Expression = expression,
            OpenTransmitter = parts.OpenTransmitter,
            StopAfterPackets = flags.Count,
            StopAfter = flags.StopAfter,
        };
        return new RunPlan(setup, found);
    }

    private static PipelineOptions Options(RunFlags flags, Terminal terminal, Parts parts, List<Diagnostic> found)
    {
        var reading = parts.ReadConfiguration(flags.Configuration, terminal.Environment);
        found.AddRange(reading.Diagnostics);
        var filters = ConsumerFilters.Errors(reading, parts);
        found.AddRange(filters);
        var handlers = ConsumerHandlers.Problems(reading, parts);
        if (reading.Options is not null && filters.Count + handlers.Count == 0) return reading.Options;
        if (handlers.Count > 0 && handlers.All(h => h.IsMissing) && filters.Count == 0) throw new FileNotFoundException(handlers[0].Error.ToString());
        found.AddRange(handlers.Select(h => h.Error));

        // The rules' errors are wanted too, if the flags say where the rules are.
        if (flags.Rules is { } rules && File.Exists(rules)) Rules(rules, parts, found);
        throw new InvalidInputException("nothing was run", found);
    }

    private static RuleSet? Rules(string? file, Parts parts, List<Diagnostic> found)
    {
        if (file is null) return RuleSet.Empty;
        var (rules, diagnostics) = parts.ReadRules(TextFile.Read(file));
        found.AddRange(diagnostics);
        return rules;
    }

    /// <summary>Rules that come later may name files just as those at the start do.</summary>
    private static string? RefusalOf(RuleSet later, PipelineOptions options, string? configuration)
    {
        try
        {
            Outputs.CheckFiles(options, later, configuration);
            return null;
        }
        catch (UsageException error)
        {
            return error.Message;
        }
    }

    private static PacketFilter Filter(string expression, Parts parts, List<Diagnostic> found)
    {
        try
        {
            return parts.CreateFilter(expression);
        }
        catch (FilterException error) when (!error.IsLibpcapMissing)
        {
            throw new InvalidInputException($"expression '{expression}': {error.Message}", found);
        }
    }

    /// <summary>Where all link types are known. Where more may come up, the run itself tells of those that do not fit.</summary>
    private static void CheckFor(INic nic, PacketFilter expression, List<Diagnostic> found)
    {
        if (!nic.InterfacesAreFinal) return;
        var rejections = nic.Interfaces.Select(i => expression.Prepare(i.LinkType)).ToList();
        if (rejections.Count > 0 && rejections.TrueForAll(r => r is not null)) throw new InvalidInputException($"expression '{expression.Expression}': {rejections[0]}", found);
    }
}
