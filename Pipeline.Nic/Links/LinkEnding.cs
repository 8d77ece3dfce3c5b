namespace Pipeline.Nic.Links;

/// <summary>How a link ended.</summary>
public enum LinkEndingKind
{
    /// <summary>This side closed it.</summary>
    Closed,

    /// <summary>The other side closed it.</summary>
    ClosedByPeer,

    /// <summary>The connection broke.</summary>
    Broken,

    /// <summary>A side was silent, or not awake, for longer than the lease.</summary>
    Stale,

    /// <summary>The other side sent what the protocol does not allow.</summary>
    Refused,

    /// <summary>The code that takes bundles threw an exception. It must not.</summary>
    Failed,
}

/// <summary>How a link ended, and a sentence that says it.</summary>
/// <param name="Kind">How.</param>
/// <param name="Refusal">What was refused; none where it ended otherwise.</param>
/// <param name="Words">For a person.</param>
public sealed record LinkEnding(LinkEndingKind Kind, LinkRefusal Refusal, string Words);
