using Pipeline.Actors.Configuration;
using Pipeline.Actors.Generations;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Setup;

/// <summary>
/// Makes a setup from a <see cref="PipelineBuilder"/>. Everything is read, checked and compiled here, so that a pipeline that cannot work
/// creates nothing. The source is opened last.
/// </summary>
internal sealed class SetupMaker(PipelineBuilder plan, IServiceProvider services)
{
    private const string NothingRun = "nothing was run";

    private readonly List<Diagnostic> _found = [];

    public PipelineSetup Make()
    {
        var options = Options();
        foreach (var change in plan.Changes) options = change(options);
        options = SourceChoice.Resolve(options);
        OptionsCheck.Check(options, plan.Handlers.Keys);
        var rules = Rules(options.Rules) ?? throw new InvalidInputException(NothingRun, _found);
        var inputs = OutputFiles.InputsOf(options, plan.ConfigurationFiles);
        OutputFiles.Check(options, rules, inputs);
        _found.AddRange(RouteWarnings.Of(rules, options.Routes));
        var expression = plan.Expression is null ? null : Filter(plan.Expression);
        var nic = SourceChoice.NeedsNone(options) ? new NoSource()
            : plan.Opener is { } open ? open(options.Source, services)
            : Backends.Open(options.Source);
        try
        {
            if (expression is not null) CheckFor(nic, expression);
            return Setup(options, rules, expression, nic, inputs);
        }
        catch
        {
            nic.Dispose();
            throw;
        }
    }

    private PipelineSetup Setup(PipelineOptions options, RuleSet rules, PacketFilter? expression, INic nic, IReadOnlyList<string> inputs) =>
        new()
    {
        Options = options,
        Nic = nic,
        Rules = rules,
        KeepOut = KeepOutPorts.Of(options, nic.Traits),
        RefuseRules = later => OutputFiles.RefusalOf(later, options, inputs),
        Files = new FilesInUse(inputs, options.Source.File),
        OpenTransmitter = plan.Transmitter,
        Expression = expression,
        StopAfterPackets = plan.MostPackets,
        StopAfter = plan.MostTime,
        Handlers = plan.Handlers.ToDictionary(h => h.Key, h => (Func<IPacketConsumer>)(() => h.Value.Make(services))),
        Warnings = _found,
    };

    private PipelineOptions Options()
    {
        var layer = CodeLayer.Of(plan);
        var reading = plan.Configuration is { } read
            ? read(layer)
            : ConfigurationLoader.Load(new SourceText("no configuration", ""), plan.Folder, layer);

        // Problems of a stand-in say nothing about the consumer it stands for, except a clash of the two.
        var clashes = CodeLayer.Clashes(reading, layer, plan).ToList();
        _found.AddRange(clashes);
        _found.AddRange(reading.Diagnostics.Where(d => d.Source != layer || (d.Severity == Severity.Error && clashes.Count == 0)));
        var filters = reading.CheckFilters();
        _found.AddRange(filters);
        _found.AddRange(reading.CheckLibraries(areErrors: false));
        var handlers = reading.CheckHandlers(plan.Transmitter is not null);
        if (reading.Options is { } options && filters.Count + clashes.Count + handlers.Count == 0) return CodeLayer.Over(options, plan);
        if (handlers.Count > 0 && handlers.All(h => h.IsMissing) && filters.Count + clashes.Count == 0)
            throw new FileNotFoundException(handlers[0].Error.ToString());
        _found.AddRange(handlers.Select(h => h.Error));

        // The errors of the rules are reported too, if it is known where the rules are.
        if (plan.RuleFile is null || File.Exists(plan.RuleFile)) Rules(plan.RuleFile);
        throw new InvalidInputException(NothingRun, _found);
    }

    private RuleSet? Rules(string? file)
    {
        if (plan.RuleSet is { } given) return given;
        var text = file is not null ? TextFile.Read(file) : plan.RuleText;
        if (text is null) return RuleSet.Empty;
        var rules = RuleParser.Parse(text, out var diagnostics);
        _found.AddRange(diagnostics);
        if (rules is not null && file is not null) _found.AddRange(EmptyRules.Warnings(rules));
        return rules;
    }

    private PacketFilter Filter(string expression)
    {
        try
        {
            return PacketFilter.Create(expression);
        }
        catch (FilterException error) when (!error.IsLibpcapMissing)
        {
            throw new InvalidInputException($"expression '{expression}': {error.Message}", _found);
        }
    }

    /// <summary>
    /// Checks an expression if all link types are known. If more may occur, the run itself reports those that do not fit.
    /// </summary>
    private void CheckFor(INic nic, PacketFilter expression)
    {
        if (!nic.InterfacesAreFinal) return;
        var rejections = nic.Interfaces.Select(i => expression.Prepare(i.Link)).ToList();
        if (rejections.Count > 0 && rejections.TrueForAll(r => r is not null))
            throw new InvalidInputException($"expression '{expression.Expression}': {rejections[0]}", _found);
    }
}
