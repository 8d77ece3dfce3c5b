using Pipeline.Actors;
using Pipeline.Actors.Configuration;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Devices.Replay;
using Pipeline.Nic.Devices.Simulated;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;
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

    public Func<string, PacketFilter> CreateFilter { get; init; } = PacketFilter.Create;

    public Func<SourceOptions, INic> OpenSource { get; init; } = source => source.Sim is { } sim
        ? SimulatedNic.Open(sim)
        : Timed(CaptureFileNic.Open(source.File!, source.Pool.PageBytes, source.Pool.Pages), source.ReplaySpeed);

    /// <summary>Opens what consumers forward to; null while there is no device that can transmit.</summary>
    public Func<TransmitTarget, ITransmitter>? OpenTransmitter { get; init; }

    public Func<PipelineSetup, IRunning> Start { get; init; } = setup => new Run(PipelineRun.Start(setup));

    private static INic Timed(INic nic, double? speed) => speed is { } factor ? new TimedReplayNic(nic, factor, TimeProvider.System) : nic;
}
