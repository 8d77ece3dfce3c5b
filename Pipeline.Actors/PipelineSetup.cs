using Pipeline.Actors.Configuration;
using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Guards;

namespace Pipeline.Actors;

/// <summary>All that a run needs: the options, and what has been opened and compiled from them.</summary>
public sealed record PipelineSetup
{
    /// <summary>Routes, consumers, bundles; of the source, what overload depends on.</summary>
    public required PipelineOptions Options { get; init; }

    /// <summary>The source, opened. The run owns it from here and disposes it.</summary>
    public required INic Nic { get; init; }

    /// <summary>The rules that put marks on packets; without any, no packet has one.</summary>
    public RuleSet Rules { get; init; } = RuleSet.Empty;

    /// <summary>The ports that keep-out guards know of; null where no guards are in force.</summary>
    public GuardPorts? KeepOut { get; init; }

    /// <summary>The guards in front of all rules, unless these lift them.</summary>
    public IReadOnlyList<Guard> Guards => KeepOut is null ? [] : KeepOutGuards.All(KeepOut);

    /// <summary>
    /// Why rules must not be put in force while running although nothing is wrong with them, such as that a file named after one would
    /// overwrite what is being read; null where there is no reason. Any thread.
    /// </summary>
    public Func<RuleSet, string?>? RefuseRules { get; init; }

    /// <summary>What outputs must not destroy; null where nothing is known of it.</summary>
    public FilesInUse? Files { get; init; }

    /// <summary>The expression on the command line; null selects every packet.</summary>
    public PacketFilter? Expression { get; init; }

    /// <summary>
    /// Consumers made in code, by the name of their group; they take the place of what the options say about it. Each call makes one
    /// for one instance, on that instance's thread, and again after it failed.
    /// </summary>
    public IReadOnlyDictionary<string, Func<IPacketConsumer>> Handlers { get; init; } = new Dictionary<string, Func<IPacketConsumer>>();

    /// <summary>
    /// Opens what handlers named <c>forward</c> transmit with; null where no device can. Each call opens one for one instance, on the
    /// caller's thread at the start, on the instance's after it failed; whoever gets it disposes it.
    /// </summary>
    public Func<TransmitTarget, ITransmitter>? OpenTransmitter { get; init; }

    /// <summary>Stop after so many packets that match <see cref="Expression"/>; null to go on to the end.</summary>
    public long? StopAfterPackets { get; init; }

    /// <summary>Stop after so long; null for no limit.</summary>
    public TimeSpan? StopAfter { get; init; }

    /// <summary>The name of the pipeline's root actor, a path element; where the system has one of that name, a number is appended.</summary>
    public string Name { get; init; } = "pipeline";

    /// <summary>What looked wrong while all this was read, and does not keep it from running.</summary>
    public IReadOnlyList<Diagnostic> Warnings { get; init; } = [];

    /// <summary>
    /// Told of everything that happens, as <see cref="PipelineRun.Events"/> has it; mostly on the control thread, and must neither wait nor
    /// throw.
    /// </summary>
    public Action<PipelineEvent>? OnEvent { get; init; }
}
