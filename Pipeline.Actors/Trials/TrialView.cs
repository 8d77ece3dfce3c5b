using Pipeline.Actors.Generations;
using Pipeline.Nic.Accounts;

namespace Pipeline.Actors.Trials;

/// <summary>How rules on trial have judged, beside those in force, the packets that routers saw.</summary>
public sealed record TrialView
{
    /// <summary>The text of the rules on trial.</summary>
    public required string Text { get; init; }

    /// <summary>Where the text came from.</summary>
    public required string Source { get; init; }

    /// <summary>Who began it.</summary>
    public required string Who { get; init; }

    /// <summary>When it began. Where rules came in force since, it has counted from then on.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The number of rules on trial.</summary>
    public required int Rules { get; init; }

    /// <summary>The generation in force that they were compared with; null before the first packet.</summary>
    public int? Against { get; init; }

    /// <summary>All packets that both have judged, with their captured bytes.</summary>
    public PacketTally Compared { get; init; }

    /// <summary>Those that would go another way: another final route, or other copies.</summary>
    public PacketTally Rerouted { get; init; }

    /// <summary>Those that would go the same way but carry another mark.</summary>
    public PacketTally Remarked { get; init; }

    /// <summary>Packets that came before the rules on trial were compiled for their link type.</summary>
    public long Unjudged { get; init; }

    /// <summary>Whether a device leaves packets to the kernel by itself. No router sees those, and nothing here counts them.</summary>
    public bool IsBehindDevice { get; init; }

    /// <summary>The kinds of change, most packets first.</summary>
    public IReadOnlyList<TrialShift> Shifts { get; init; } = [];

    /// <summary>Packets that change and are in none of <see cref="Shifts"/>, because there were too many kinds.</summary>
    public PacketTally Beyond { get; init; }

    /// <summary>Why some router judges no more; null where all do.</summary>
    public string? Failure { get; init; }
}

/// <summary>One kind of change.</summary>
/// <param name="Before">What the rules in force decide.</param>
/// <param name="After">What the rules on trial would decide.</param>
/// <param name="Packets">The packets with this change.</param>
/// <param name="Example">The flow of one of them, as <see cref="Nic.Headers.FlowWords"/> names it.</param>
public sealed record TrialShift(RuleVerdict Before, RuleVerdict After, PacketTally Packets, string Example);
