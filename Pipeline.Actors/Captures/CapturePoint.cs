namespace Pipeline.Actors.Captures;

/// <summary>The kinds of points of a pipeline at which packets can be captured.</summary>
public enum CapturePlace
{
    /// <summary>Every packet that a router has marked.</summary>
    Received,

    /// <summary>The packets that a rule matched, whatever other rules did.</summary>
    Rule,

    /// <summary>The packets that routes to a consumer took, copies among them.</summary>
    Route,

    /// <summary>The packets that a router dropped, copies among them.</summary>
    Dropped,
}

/// <summary>A point of a pipeline at which packets can be captured. In words: <c>received</c>, <c>rule:NAME</c>, <c>route:NAME</c> or
/// <c>dropped</c>.</summary>
/// <param name="Place">The kind.</param>
/// <param name="Name">The rule, or the consumer that the routes lead to; empty for the other kinds.</param>
public sealed record CapturePoint(CapturePlace Place, string Name = "")
{
    private const string RulePrefix = "rule:";
    private const string RoutePrefix = "route:";

    /// <summary>Where every packet is seen.</summary>
    public static readonly CapturePoint Received = new(CapturePlace.Received);

    /// <returns>Null where the text names no point.</returns>
    public static CapturePoint? Read(string text) => text switch
    {
        "received" => Received,
        "dropped" => new CapturePoint(CapturePlace.Dropped),
        _ when text.StartsWith(RulePrefix, StringComparison.Ordinal) => new CapturePoint(CapturePlace.Rule, text[RulePrefix.Length..]),
        _ when text.StartsWith(RoutePrefix, StringComparison.Ordinal) => new CapturePoint(CapturePlace.Route, text[RoutePrefix.Length..]),
        _ => null,
    };

    /// <summary>The point as <see cref="Read"/> takes it.</summary>
    public override string ToString() => Place switch
    {
        CapturePlace.Rule => RulePrefix + Name,
        CapturePlace.Route => RoutePrefix + Name,
        CapturePlace.Dropped => "dropped",
        _ => "received",
    };
}
