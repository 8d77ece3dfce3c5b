using Pipeline.Nic.Diagnostics;

namespace Pipeline.Nic.Consumers.Flows;

/// <summary>When a consumer has seen enough of every flow. The limit that is reached first decides.</summary>
public sealed record ReleaseAfterOptions
{
    /// <summary>The most packets or bytes that a limit may be.</summary>
    public const long Most = 1L << 50;

    /// <summary>The shortest time without a packet that ends a released flow.</summary>
    public static readonly TimeSpan ShortestIdle = TimeSpan.FromMilliseconds(1);

    /// <summary>The packets of a flow, of both directions, that are enough; null for no such limit.</summary>
    public long? Packets { get; init; }

    /// <summary>The bytes on the wire, of both directions, that are enough; null for no such limit.</summary>
    public long? Bytes { get; init; }

    /// <summary>A released flow without a packet for this long has ended, and is counted from the start again.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The problems of these options; empty when there are none.</summary>
    public IEnumerable<OptionProblem> Check()
    {
        if (Packets is null && Bytes is null)
            yield return new("release-after", "`release-after` without a limit never releases; expected `packets` or `bytes`");
        foreach (var problem in OptionProblem.Unless(Packets ?? 1, 1, Most, "release-after", "packets")) yield return problem;
        foreach (var problem in OptionProblem.Unless(Bytes ?? 1, 1, Most, "release-after", "bytes")) yield return problem;
        if (Idle < ShortestIdle || Idle > ReleasedFlows.LongestIdle)
            yield return new("release-after", $"idle for {Idle.TotalSeconds} s; expected 1 ms to 1 d");
    }
}
