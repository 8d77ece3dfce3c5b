using System.Diagnostics.Metrics;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Guards;

namespace Pipeline.Actors;

/// <summary>Everything that a run needs: the options, and the parts opened and compiled from them.</summary>
public sealed record PipelineSetup
{
    /// <summary>The routes, consumers and bundles, and the options of the source that overload depends on.</summary>
    public required PipelineOptions Options { get; init; }

    /// <summary>The source, opened. The run owns it from here and disposes it.</summary>
    public required INic Nic { get; init; }

    /// <summary>The rules that put marks on packets; without any, no packet has one.</summary>
    public RuleSet Rules { get; init; } = RuleSet.Empty;

    /// <summary>
    /// Whether the device runs rules: it is told to, or it takes packets away from this machine's stack and must know which.
    /// </summary>
    public bool IsOffloaded => Nic.Offload is not null && (Options.Source.Offload || Nic.Traits.TakesFromStack);

    /// <summary>The ports that keep-out guards know of; null where no guards are in force.</summary>
    public GuardPorts? KeepOut { get; init; }

    /// <summary>The guards in front of all rules, unless these lift them.</summary>
    public IReadOnlyList<Guard> Guards => KeepOut is null ? [] : KeepOutGuards.All(KeepOut);

    /// <summary>
    /// Why rules must not be put in force while running although they have no error; null when there is no reason. For example, a file
    /// named after a rule would overwrite a file that is being read. Any thread.
    /// </summary>
    public Func<RuleSet, string?>? RefuseRules { get; init; }

    /// <summary>
    /// Called with each generation before it is put in force, so that a later run can go on from its number; null where nobody
    /// remembers. It returns why the number could not be kept, which becomes a warning, or null. It may wait for a disk. Any thread.
    /// </summary>
    public Func<RuleSet, string?>? RememberGeneration { get; init; }

    /// <summary>The files that outputs must not destroy; null when none are known.</summary>
    public FilesInUse? Files { get; init; }

    /// <summary>The expression on the command line; null selects every packet.</summary>
    public PacketFilter? Expression { get; init; }

    /// <summary>
    /// Consumers made in code, by the name of their group. They replace what the options say about it. Each call makes one consumer for one
    /// instance, on that instance's thread. It is called again after a failure.
    /// </summary>
    public IReadOnlyDictionary<string, Func<IPacketConsumer>> Handlers { get; init; } = new Dictionary<string, Func<IPacketConsumer>>();

    /// <summary>
    /// Puts something around the consumers that the options describe, such as a failure for a test; null to take them as they are. It gets
    /// the name of the group and the consumer, on the instance's thread or, for the first, on the one that starts the run.
    /// </summary>
    public Func<string, IPacketConsumer, IPacketConsumer>? Around { get; init; }

    /// <summary>
    /// Opens the transmitter of a handler named <c>forward</c>; null where nothing may transmit. Each call opens one for one instance: on
    /// the caller's thread at the start, on the instance's thread after a failure. Whoever gets it disposes it.
    /// </summary>
    public Func<TransmitTarget, ITransmitter>? OpenTransmitter { get; init; } = Transmitters.Open;

    /// <summary>Stop after this number of packets that match <see cref="Expression"/>; null to continue to the end.</summary>
    public long? StopAfterPackets { get; init; }

    /// <summary>Stop after this time; null for no limit.</summary>
    public TimeSpan? StopAfter { get; init; }

    /// <summary>
    /// The name of the pipeline's root actor, a path element. If the system has an actor of that name, a number is appended.
    /// </summary>
    public string Name { get; init; } = "pipeline";

    /// <summary>Makes the meter that the run's figures are measured by (<see cref="PipelineMetrics"/>); null for a meter of its own.</summary>
    public IMeterFactory? Meters { get; init; }

    /// <summary>Warnings from reading all this, none of which keeps the pipeline from running.</summary>
    public IReadOnlyList<Diagnostic> Warnings { get; init; } = [];

    /// <summary>
    /// Called for every event, as <see cref="PipelineRun.Events"/> has it, mostly on the control thread. It must neither wait nor throw.
    /// </summary>
    public Action<PipelineEvent>? OnEvent { get; init; }
}
