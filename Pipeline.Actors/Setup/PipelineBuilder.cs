using Microsoft.Extensions.DependencyInjection;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Hosting;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Setup;

/// <summary>
/// Describes a pipeline: a configuration, and what code adds to it or replaces in it. Nothing is read or opened before <see cref="Build"/>.
/// For one thread.
/// </summary>
/// <remarks>
/// Relative file names given here are relative to <see cref="Folder"/>. Settings from code override the configuration; routes from code
/// come after those of the configuration.
/// </remarks>
public sealed class PipelineBuilder
{
    private readonly Dictionary<string, CodeHandler> _handlers = [];
    private readonly List<ConsumerOptions> _consumers = [];
    private readonly List<RouteOptions> _routes = [];
    private readonly List<Func<PipelineOptions, PipelineOptions>> _changes = [];

    /// <summary>
    /// The folder that relative file names start from: the host's content root under <c>AddPipeline</c>, else the working directory.
    /// </summary>
    public string Folder { get; set; } = "";

    internal Func<SourceText?, ConfigurationResult>? Configuration { get; private set; }

    internal IReadOnlyList<string> ConfigurationFiles { get; private set; } = [];

    internal string? CaptureFile { get; private set; }

    internal Func<SourceOptions, IServiceProvider, INic>? Opener { get; private set; }

    internal Func<TransmitTarget, ITransmitter>? Transmitter { get; private set; } = Transmitters.Open;

    internal string? RuleFile { get; private set; }

    internal SourceText? RuleText { get; private set; }

    internal RuleSet? RuleSet { get; private set; }

    internal string? Expression { get; private set; }

    internal long? MostPackets { get; private set; }

    internal TimeSpan? MostTime { get; private set; }

    internal bool StopsApplication { get; private set; }

    internal bool HasOwnActorSystem { get; private set; }

    internal IReadOnlyDictionary<string, CodeHandler> Handlers => _handlers;

    internal IReadOnlyList<ConsumerOptions> Consumers => _consumers;

    internal IReadOnlyList<RouteOptions> Routes => _routes;

    internal IReadOnlyList<Func<PipelineOptions, PipelineOptions>> Changes => _changes;

    /// <summary>
    /// Reads the configuration from a file, and over it the environment variables named <c>PIPELINE__...</c>. The machine's file,
    /// <see cref="ConfigurationLoader.MachineFile"/>, belongs to the program and is not read. File names in the file are relative to it.
    /// </summary>
    public PipelineBuilder FromFile(string file)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        var path = Resolve(file);
        ConfigurationFiles = [path];
        return From(below => ConfigurationLoader.Load(path, EnvironmentVariables(), machineFile: null, below));
    }

    /// <summary>Takes the configuration from a text. File names in it are relative to <see cref="Folder"/>.</summary>
    public PipelineBuilder FromHocon(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return From(below => ConfigurationLoader.Load(new SourceText("configuration in code", text), Folder, below));
    }

    /// <summary>Takes a configuration that has been read already.</summary>
    /// <param name="reading">The result of reading it. <see cref="Build"/> reports its errors.</param>
    /// <param name="files">The files it was read from, none of which an output may overwrite.</param>
    public PipelineBuilder FromConfiguration(ConfigurationResult reading, params IReadOnlyList<string> files)
    {
        ConfigurationFiles = files;
        return From(_ => reading);
    }

    /// <summary>Reads a capture file, or standard input for <c>-</c>.</summary>
    public PipelineBuilder ReadCapture(string file)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        CaptureFile = file == "-" ? file : Resolve(file);
        return this;
    }

    /// <summary>Receives from a device made in code. The pipeline owns what the function returns, and disposes it.</summary>
    public PipelineBuilder ReceiveFrom(Func<IServiceProvider, INic> open) => OpenBy((_, services) => open(services));

    /// <summary>Opens the source of the configuration with this function instead of <see cref="Backends"/>.</summary>
    public PipelineBuilder OpenBy(Func<SourceOptions, IServiceProvider, INic> open)
    {
        Opener = open;
        return this;
    }

    /// <summary>
    /// Gives handlers named <c>forward</c> their transmitters, in place of <see cref="Transmitters.Open"/>; null where nothing may transmit.
    /// </summary>
    public PipelineBuilder TransmitBy(Func<TransmitTarget, ITransmitter>? open)
    {
        Transmitter = open;
        return this;
    }

    /// <summary>Marks packets by the rules in a file.</summary>
    public PipelineBuilder RulesFromFile(string file)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        return WithRules(Resolve(file), null, null);
    }

    /// <summary>Marks packets by the rules in a text in the format of rule files.</summary>
    public PipelineBuilder Rules(string text) => WithRules(null, new SourceText("rules in code", text), null);

    /// <summary>Marks packets by these rules.</summary>
    public PipelineBuilder Rules(RuleSet rules) => WithRules(null, null, rules);

    /// <summary>Adds a route after the existing ones.</summary>
    /// <param name="to">The consumer.</param>
    /// <param name="mark">Matches when <c>(mark &amp; mask) == value</c>; null matches every packet.</param>
    /// <param name="mask">The bits compared.</param>
    /// <param name="copy">Whether the consumer gets copies, and the packets continue to the following routes.</param>
    public PipelineBuilder Route(string to, uint? mark = null, uint mask = uint.MaxValue, bool copy = false) =>
        Route(new RouteOptions { To = to, Mark = mark ?? 0, MarkMask = mark is null ? 0 : mask, Copy = copy });

    /// <summary>Adds a route after the existing ones.</summary>
    public PipelineBuilder Route(RouteOptions route)
    {
        _routes.Add(route);
        return this;
    }

    /// <summary>Adds a consumer that is not a handler of the application, such as one that writes a capture file.</summary>
    public PipelineBuilder Consumer(ConsumerOptions consumer)
    {
        _consumers.Add(consumer);
        return this;
    }

    /// <summary>
    /// Adds a handler of the application as a consumer. Its constructor gets services. A service that several instances or an endpoint
    /// share must be a singleton. Each instance is made on its own thread, replaced after it threw, and disposed by the pipeline.
    /// </summary>
    /// <param name="name">The consumer's name, to which routes lead. A configuration may set more of it, such as its instances.</param>
    /// <param name="instances">The number of instances that share the packets, unless the configuration sets it.</param>
    public PipelineBuilder Handler<T>(string name, int instances = 1)
        where T : class, IPacketConsumer => Handler(name, services => ActivatorUtilities.CreateInstance<T>(services), instances);

    /// <summary>Adds a handler of the application as a consumer. Each call of the function makes one instance.</summary>
    /// <inheritdoc cref="Handler{T}(string, int)"/>
    public PipelineBuilder Handler(string name, Func<IServiceProvider, IPacketConsumer> make, int instances = 1)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!_handlers.TryAdd(name, new CodeHandler(make, instances)))
            throw new ArgumentException($"there is a handler '{name}' already; give each a name of its own", nameof(name));
        return this;
    }

    /// <summary>
    /// Selects the packets that match a pcap-filter expression, for <see cref="StopAfterPackets"/> and routes with
    /// <see cref="RouteOptions.OnlySelected"/>.
    /// </summary>
    public PipelineBuilder Select(string? expression)
    {
        Expression = expression;
        return this;
    }

    /// <summary>Ends after this number of selected packets; null continues to the end of the source.</summary>
    public PipelineBuilder StopAfterPackets(long? packets)
    {
        MostPackets = packets;
        return this;
    }

    /// <summary>Ends after this time; null continues to the end of the source.</summary>
    public PipelineBuilder StopAfter(TimeSpan? time)
    {
        MostTime = time;
        return this;
    }

    /// <summary>
    /// Stops the application when the pipeline has ended. If something went wrong, the process's exit code becomes 1 unless it is set
    /// already. Only under <c>AddPipeline</c>.
    /// </summary>
    public PipelineBuilder StopApplicationWhenDone()
    {
        StopsApplication = true;
        return this;
    }

    /// <summary>Runs in an actor system of its own, even if the services have one. Only under <c>AddPipeline</c>.</summary>
    public PipelineBuilder OwnActorSystem()
    {
        HasOwnActorSystem = true;
        return this;
    }

    /// <summary>
    /// Changes the options that result from the configuration and from code. Changes are applied in the order they were given.
    /// </summary>
    public PipelineBuilder Configure(Func<PipelineOptions, PipelineOptions> change)
    {
        _changes.Add(change);
        return this;
    }

    /// <summary>
    /// Reads the configuration and the rules, checks all of it, and opens the source. No output is created yet.
    /// </summary>
    /// <param name="services">The services for handlers and devices made in code; null for none.</param>
    /// <returns>
    /// The setup, for <see cref="PipelineRun.Start"/>. Its source is open, and belongs to the caller until the run is started.
    /// </returns>
    /// <exception cref="InvalidInputException">
    /// The configuration, the rules or the expression have errors, all of which are listed.
    /// </exception>
    /// <exception cref="OutputConflictException">An output would overwrite what is read, or another output.</exception>
    /// <exception cref="ArgumentException">What code asked for makes no sense.</exception>
    /// <exception cref="FilterException">An expression needs libpcap, which is not there.</exception>
    /// <exception cref="FileNotFoundException">A capture, a rule file, a configuration or a handler's assembly is not there.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access to a file is denied.</exception>
    public PipelineSetup Build(IServiceProvider? services = null) => new SetupMaker(this, services ?? NoServices.Instance).Make();

    private PipelineBuilder From(Func<SourceText?, ConfigurationResult> read)
    {
        if (Configuration is not null) throw new InvalidOperationException("There is a configuration already; a pipeline has one.");
        Configuration = read;
        return this;
    }

    private PipelineBuilder WithRules(string? file, SourceText? text, RuleSet? rules)
    {
        (RuleFile, RuleText, RuleSet) = (file, text, rules);
        return this;
    }

    private string Resolve(string file) => Path.Combine(Folder, file);

    private static Dictionary<string, string> EnvironmentVariables() =>
        Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
            .ToDictionary(e => (string)e.Key, e => (string?)e.Value ?? "");
}

/// <summary>A handler made in code.</summary>
/// <param name="Make">Makes one instance, on the consumer's thread.</param>
/// <param name="Instances">The number of instances, unless the configuration sets it.</param>
internal sealed record CodeHandler(Func<IServiceProvider, IPacketConsumer> Make, int Instances);
