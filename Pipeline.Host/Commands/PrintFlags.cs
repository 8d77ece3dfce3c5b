using Pipeline.Nic.Consumers.Printing;

namespace Pipeline.Host.Commands;

/// <summary>The flags of <c>run</c> that say whether packets are printed, and how.</summary>
internal sealed record PrintFlags
{
    /// <summary>Whether packets are printed whatever else is done with them.</summary>
    public bool IsAskedFor { get; init; }

    /// <summary>Whether a flag was given that says how packets are printed, so that they are to be if nothing else is done with them.</summary>
    public bool IsMeant { get; init; }

    public PrintedBytes Bytes { get; init; }

    public bool BytesBeginWithLink { get; init; }

    public bool ShowsLink { get; init; }

    public PrintedTime Time { get; init; }

    /// <param name="snapLength">The most bytes of a packet that are printed; null for all.</param>
    /// <param name="showsFate">Whether there are rules or routes to tell of.</param>
    public PrintOptions ToOptions(int? snapLength, bool showsFate) => new()
    {
        Time = Time,
        ShowsLink = ShowsLink,
        Bytes = Bytes,
        BytesBeginWithLink = BytesBeginWithLink,
        SnapLength = snapLength ?? 0,
        ShowsFate = showsFate,
    };
}
