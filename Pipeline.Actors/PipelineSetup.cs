using Pipeline.Actors.Configuration;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors;

/// <summary>All that a run needs: the options, and what has been opened and compiled from them.</summary>
public sealed record PipelineSetup
{
    public required PipelineOptions Options { get; init; }

    /// <summary>The source, opened. The run owns it from here and disposes it.</summary>
    public required INic Nic { get; init; }

    public RuleSet Rules { get; init; } = RuleSet.Empty;

    /// <summary>The expression on the command line; null selects every packet.</summary>
    public PacketFilter? Expression { get; init; }

    /// <summary>Stop after so many packets that match <see cref="Expression"/>; null to go on to the end.</summary>
    public long? StopAfterPackets { get; init; }

    /// <summary>Stop after so long; null for no limit.</summary>
    public TimeSpan? StopAfter { get; init; }
}
