using Pipeline.Actors.Configuration.Values;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Configuration;

/// <summary>Selects packets by mark for a consumer group, and says what happens when the group cannot keep up.</summary>
public sealed record RouteOptions
{
    /// <summary>Matches when <c>(mark &amp; MarkMask) == Mark</c>; with a mask of 0, every packet.</summary>
    public uint Mark { get; init; }

    /// <summary>The bits of the mark that are compared.</summary>
    public uint MarkMask { get; init; }

    /// <summary>
    /// Reads a route's mark as configurations write it: <c>VALUE</c> or <c>VALUE/MASK</c>, each decimal or, with <c>0x</c>, hexadecimal.
    /// </summary>
    public static bool TryReadMark(string text, out uint mark, out uint mask)
    {
        var isMark = Marks.Match.TryRead(text, out var match);
        (mark, mask) = (match.Mark, match.Mask);
        return isMark;
    }

    /// <summary>Matches only packets selected by the expression on the command line.</summary>
    public bool OnlySelected { get; init; }

    /// <summary>The consumer group's name.</summary>
    public required string To { get; init; }

    /// <summary>Whether matching packets are copied to the consumer and continue to the next route.</summary>
    public bool Copy { get; init; }

    /// <summary>How packets are spread over the consumer's instances.</summary>
    public Balance Balance { get; init; } = Balance.Flow;

    /// <summary>
    /// Null for the source's default: <see cref="Configuration.Overload.Wait"/> for files, <see cref="Configuration.Overload.DropNew"/> for
    /// all others.
    /// </summary>
    public Overload? Overload { get; init; }

    /// <summary>
    /// What becomes of packets while no instance of the group takes any. An inspecting route must not open because its consumer fails, so
    /// they are dropped unless it says otherwise.
    /// </summary>
    public OnFailure OnFailure { get; init; }

    /// <summary>
    /// When the route opens by itself, so that its packets go to the normal stack and past whatever inspects them; null for never.
    /// </summary>
    public BreakerOptions? Breaker { get; init; }

    /// <summary>
    /// Whether packets of flows that the consumer has released go to the normal stack. The stack has not seen the beginning of such flows.
    /// For routes that copy a release ends the copies anyway.
    /// </summary>
    public bool ReleasesToStack { get; init; }

    /// <summary>Whether it is the implicit route of released packets to the normal stack.</summary>
    internal bool IsForReleased { get; init; }

    /// <summary>Whether some of its packets may go to the normal stack after all.</summary>
    internal bool NeedsStack => FallsBackOnStack || ReleasesToStack;

    /// <summary>Whether its packets go to the normal stack while it cannot take them.</summary>
    internal bool FallsBackOnStack => !Copy && (Overload == Configuration.Overload.ToStack || OnFailure == OnFailure.ToStack || Breaker is not null);

    /// <summary>The part of the queue's pool this route may pin, above 0 and at most 1.</summary>
    public double Share { get; init; } = 0.5;

    /// <summary>The problems of these options; empty when there are none.</summary>
    internal IEnumerable<OptionProblem> Check()
    {
        if ((Mark & ~MarkMask) != 0)
            yield return new("mark", $"this route never matches: 0x{Mark & ~MarkMask:x} of its mark is outside the mask 0x{MarkMask:x}");
        if (Copy && ReleasesToStack) yield return new("release", "a route that copies ends for a released flow anyway; expected no `release`");
        if (Share is not (> 0 and <= 1)) yield return new("share", $"a share of {Share}; expected more than 0 and at most 1");
    }
}

/// <summary>What becomes of a route's packets while no instance of its group takes any: all are paused, or have failed.</summary>
public enum OnFailure
{
    /// <summary>They wait, and beyond the route's share its policy on overload applies.</summary>
    Drop,

    /// <summary>The normal stack gets them.</summary>
    ToStack,
}

/// <summary>How packets are spread over the instances of a group.</summary>
public enum Balance
{
    /// <summary>By symmetric flow hash: both directions of a flow go to the same instance.</summary>
    Flow,

    /// <summary>Bundle by bundle, each instance in turn.</summary>
    RoundRobin,

    /// <summary>By the queue the packet came in on.</summary>
    Queue,
}

/// <summary>What happens to a packet whose route has used up its share.</summary>
public enum Overload
{
    /// <summary>The whole queue waits, with all its routes; nothing is lost.</summary>
    Wait,

    /// <summary>The new packet is dropped.</summary>
    DropNew,

    /// <summary>The oldest packet still held by the router is dropped.</summary>
    DropOld,

    /// <summary>The new packet goes to the normal stack instead.</summary>
    ToStack,
}
