using System.Net;
using Pipeline.Actors;
using Pipeline.Actors.Configuration;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.Machine;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;
using Pipeline.Host.Server;
using Pipeline.Host.Running;

namespace Pipeline.Host;

/// <summary>What the commands are put together from. The one place that says which type does what; tests put others in their place.</summary>
internal sealed record Parts
{
    public Func<SourceText, (RuleSet? Rules, IReadOnlyList<Diagnostic> Diagnostics)> ReadRules { get; init; } =
        text => (RuleParser.Parse(text, out var diagnostics), diagnostics);

    /// <summary>All layers below the flags, with the file of <c>--config</c> where there is one.</summary>
    public Func<string?, IReadOnlyDictionary<string, string>, ConfigurationResult> ReadConfiguration { get; init; } =
        (file, environment) => ConfigurationLoader.Load(file, environment);

    /// <summary>The same with a configuration in place of the machine's (<see cref="ConfigurationLoader.LoadStandIn"/>), under the file of <c>--config</c>.</summary>
    public Func<string, string?, IReadOnlyDictionary<string, string>, ConfigurationResult> ReadStandIn { get; init; } =
        (standIn, file, environment) => ConfigurationLoader.LoadStandIn(standIn, file, environment);

    public Func<SourceOptions, INic> OpenSource { get; init; } = Backends.Open;

    /// <summary>Opens what consumers forward to; null while there is no device that can transmit.</summary>
    public Func<TransmitTarget, ITransmitter>? OpenTransmitter { get; init; }

    public Func<PipelineSetup, IRunning> Start { get; init; } = setup => new Run(PipelineRun.Start(setup));

    /// <summary>Opens the server; asked for only where there is to be one.</summary>
    public Func<IPEndPoint, DashboardOptions, Task<IDashboard>> OpenDashboard { get; init; } = (address, options) => DashboardServer.Start(address, options);

    /// <summary>The process's signals. Those of a test come from the test alone.</summary>
    public ProcessSignals Signals { get; init; } = new();

    /// <summary>The machine's, for those who want to know what there is.</summary>
    public Func<IReadOnlyList<MachineInterface>> ReadInterfaces { get; init; } = () => MachineInterfaces.Read();
}
