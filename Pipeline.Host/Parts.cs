using System.Net;
using Pipeline.Actors;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.Machine;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;
using Pipeline.Host.Demo;
using Pipeline.Host.Exporting;
using Pipeline.Host.Registry;
using Pipeline.Host.Server;
using Pipeline.Host.Running;

namespace Pipeline.Host;

/// <summary>The parts that commands are made of. This is the one place that decides which type does what; tests replace them.</summary>
internal sealed record Parts
{
    public Func<SourceText, (RuleSet? Rules, IReadOnlyList<Diagnostic> Diagnostics)> ReadRules { get; init; } =
        text => (RuleParser.Parse(text, out var diagnostics), diagnostics);

    /// <summary>Reads all layers below the flags, including the files of <c>--config</c>, the later over the earlier.</summary>
    public Func<IReadOnlyList<string>, IReadOnlyDictionary<string, string>, ConfigurationResult> ReadConfiguration { get; init; } =
        (files, environment) => ConfigurationLoader.Load(files, environment);

    /// <summary>
    /// Reads them with a configuration in place of the machine's (<see cref="ConfigurationLoader.LoadStandIn"/>), below the file of
    /// <c>--config</c>.
    /// </summary>
    public Func<string, string?, IReadOnlyDictionary<string, string>, ConfigurationResult> ReadStandIn { get; init; } =
        (standIn, file, environment) => ConfigurationLoader.LoadStandIn(standIn, file, environment);

    public Func<SourceOptions, INic> OpenSource { get; init; } = Backends.Open;

    /// <summary>Opens transmitters for consumers that forward; null where nothing may transmit.</summary>
    public Func<TransmitTarget, ITransmitter>? OpenTransmitter { get; init; } = Transmitters.Open;

    public Func<PipelineSetup, IRunning> Start { get; init; } = setup => new Run(PipelineRun.Start(setup));

    /// <summary>What goes wrong on order in a demo; null for every other run.</summary>
    public DemoPlay? Play { get; init; }

    /// <summary>Opens the server. Called only when there is to be one.</summary>
    public Func<IPEndPoint, DashboardOptions, Task<IDashboard>> OpenDashboard { get; init; } = (address, options) => DashboardServer.Start(address, options);

    /// <summary>Sends figures to a collector until it is disposed. Called only where one is configured.</summary>
    public Func<OtlpOptions, string, EventLog, IAsyncDisposable> OpenExport { get; init; } = (options, name, events) => OtlpExport.Start(options, name, events);

    /// <summary>Finds the running pipelines of this host, by the environment of the user.</summary>
    public Func<IReadOnlyDictionary<string, string>, RunningPipelines> FindPipelines { get; init; } = RunningPipelines.Of;

    /// <summary>The process's signals. In a test, only the test raises them.</summary>
    public ProcessSignals Signals { get; init; } = new();

    /// <summary>Lists the machine's interfaces.</summary>
    public Func<IReadOnlyList<MachineInterface>> ReadInterfaces { get; init; } = MachineInterfaces.Read;

    /// <summary>Finds out what decides how these interfaces can be read. Those that have gone meanwhile are left out.</summary>
    public Func<IReadOnlyList<MachineInterface>, IReadOnlyList<InterfaceFacts>> ReadFacts { get; init; } = interfaces =>
    {
        using var reader = new InterfaceFactsReader();
        return [.. interfaces.Select(reader.Read).OfType<InterfaceFacts>()];
    };

    /// <summary>Finds out what this process has of the machine.</summary>
    public Func<MachineFacts> ReadMachine { get; init; } = () => MachineFacts.Read();
}
