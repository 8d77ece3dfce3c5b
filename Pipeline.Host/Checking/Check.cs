using Pipeline.Actors.Cluster;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Generations;
using Pipeline.Actors.Setup;
using Pipeline.Host.Schema;
using Pipeline.Host.Server;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Guards;

namespace Pipeline.Host.Checking;

/// <summary>Finds everything that is wrong with a rule file, or with a configuration and the rules that it names.</summary>
internal sealed class Check(Terminal terminal, Parts parts)
{
    private readonly List<Diagnostic> _found = [];
    private readonly List<CheckedJson> _checked = [];
    private IReadOnlyList<RouteOptions> _routes = [];
    private RuleSet? _rules = RuleSet.Empty;
    private GuardPorts? _keepOut;
    private string? _whyNoGuards;

    /// <summary>
    /// The guards that the configuration has in force and those that its rules lift, in lines for people. Only after
    /// <see cref="Of(string?, string?)"/>.
    /// </summary>
    public IEnumerable<string> KeepOut =>
        _keepOut is { } ports && _rules is { } rules ? GuardsInWords.Of(ports, rules) : _whyNoGuards is { } why ? [why] : [];

    /// <summary>The configuration; null for a rule file. Only after <see cref="Of(string?, string?)"/>.</summary>
    public ConfigurationResult? Configuration { get; private set; }

    /// <summary>What was looked at, in the order of it. Only after <see cref="Of(string?, string?)"/>.</summary>
    public IReadOnlyList<CheckedJson> Checked => _checked;

    /// <param name="file">Rules or a configuration; null for the configuration that <c>run</c> would use.</param>
    /// <param name="rules">A rule file to check with it; null for the one that the configuration names.</param>
    /// <exception cref="IOException">A file that was asked for cannot be read.</exception>
    public IReadOnlyList<Diagnostic> Of(string? file, string? rules)
    {
        if (file is not null && TextFile.Read(file) is var text && TextKind.IsRules(text))
        {
            CheckRules(text);
            if (rules is not null) CheckRules(TextFile.Read(rules));
            return _found;
        }

        var reading = Configuration = parts.ReadConfiguration(file is null ? [] : [file], terminal.Environment);
        _checked.Add(CheckedJson.OfConfiguration(file, reading.Readable));
        _found.AddRange(reading.Diagnostics);
        _found.AddRange(reading.CheckFilters());
        _routes = reading.Options?.Routes ?? [];
        if (reading.Options is { } options) CheckSource(reading, options);
        _found.AddRange(reading.CheckHandlers(parts.OpenTransmitter is not null).Select(p => p.Error));
        _found.AddRange(reading.CheckLibraries(areErrors: true));
        if (rules is not null) CheckRules(TextFile.Read(rules));
        else if (reading.Readable?.Rules is { } named) CheckNamedRules(reading, named);
        return _found;
    }

    private void CheckRules(SourceText text)
    {
        var (rules, diagnostics) = parts.ReadRules(text);
        _found.AddRange(rules is null ? FilterCheck.BesideOthers(text, diagnostics, [LinkType.Ethernet]) : diagnostics);
        _checked.Add(CheckedJson.OfRules(text.Name, rules ?? RuleParser.ReadWithoutErrors(text)));
        _rules = rules;
        if (rules is not null) _found.AddRange(Of(rules, _routes));
    }

    /// <summary>The problems that libpcap and the routes find in rules without errors.</summary>
    public static IEnumerable<Diagnostic> Of(RuleSet rules, IReadOnlyList<RouteOptions> routes)
    {
        // Nobody knows the source yet, but a rule that cannot work on Ethernet is nearly always wrong.
        var table = MarkTable.Compile(rules);
        var warnings = table.Prepare(LinkType.Ethernet);
        var errors = table.RejectedEverywhere();
        return errors.Count > 0 ? errors : warnings.Concat(RouteWarnings.Of(rules, routes)).Concat(EmptyRules.Warnings(rules));
    }

    private void CheckSource(ConfigurationResult reading, PipelineOptions options)
    {
        if (SourceChoice.ProblemOfRoles(options) is { } roles) _found.Add(reading.Error(roles, "pipeline", "cluster", "roles"));
        if (options.Cluster?.Tls is { } files && ClusterNode.ProblemOf(files) is { } tls) _found.Add(reading.Error(tls, "pipeline", "cluster", "tls"));
        CheckServer(reading, options.Dashboard);
        foreach (var problem in SourceChoice.Problems(options)) _found.Add(reading.Error(problem.Message, "pipeline", "source", problem.Key));
        _found.AddRange(OpenUnderLoad(reading, options));
        _found.AddRange(ReleasedBehindDevice(reading, options));
        _keepOut = KeepOutPorts.Of(options);
        _whyNoGuards = _keepOut is null ? KeepOutPorts.WhyNone(Backends.TraitsOf(SourceChoice.Resolve(options).Source)) : null;
    }

    /// <summary>Tokens may be in the environment of the run only, so what it would miss here is a warning.</summary>
    private void CheckServer(ConfigurationResult reading, DashboardOptions server)
    {
        if (server.Address is { } address && server.WhyNotAt(address) is { } why)
            _found.Add(reading.Error(why, "pipeline", "dashboard", "address") with { Severity = Severity.Warning });
        if (server.Tls is not { } files) return;
        try
        {
            if (ServerCertificate.Load(files, TimeProvider.System).Warning is { } soon)
                _found.Add(reading.Error(soon, "pipeline", "dashboard", "tls") with { Severity = Severity.Warning });
        }
        catch (InvalidInputException error)
        {
            _found.Add(reading.Error(error.Summary, "pipeline", "dashboard", "tls"));
        }
    }

    /// <summary>A route that gives up its packets under load lets a flood through to the machine it guards.</summary>
    private static IEnumerable<Diagnostic> OpenUnderLoad(ConfigurationResult reading, PipelineOptions options)
    {
        if (Backends.TraitsOf(SourceChoice.Resolve(options).Source) is not { TakesFromStack: true }) yield break;
        foreach (var route in options.Routes.Where(r => r.Overload == Overload.ToStack))
        {
            var words = $"the route to {route.To} fails open: beyond its share, later packets go to the normal stack unseen";
            yield return reading.Error(words, "pipeline", "routes") with { Severity = Severity.Warning };
        }
    }

    /// <summary>The device goes on taking what is released, so the packets come here before they go to the normal stack.</summary>
    private static IEnumerable<Diagnostic> ReleasedBehindDevice(ConfigurationResult reading, PipelineOptions options)
    {
        if (Backends.TraitsOf(SourceChoice.Resolve(options).Source) is not { TakesFromStack: true }) yield break;
        if (options.Routes.FirstOrDefault(r => r.ReleasesToStack) is not { } route) yield break;
        var words = options.Consumers.GetValueOrDefault("stack")?.To is { } tap
            ? $"flows that {route.To} releases are still taken from the interface, and go to the normal stack by way of {tap}"
            : $"flows that {route.To} releases are still taken from the interface and delivered, counted as late: there is no way back to the normal stack; expected `to = \"tap:NAME\"` on the consumer stack";
        yield return reading.Error(words, "pipeline", "routes") with { Severity = Severity.Warning };
    }

    private void CheckNamedRules(ConfigurationResult reading, string rules)
    {
        if (File.Exists(rules)) CheckRules(TextFile.Read(rules));
        else _found.Add(reading.Error($"{rules}: no such file", "pipeline", "rules"));
    }
}
