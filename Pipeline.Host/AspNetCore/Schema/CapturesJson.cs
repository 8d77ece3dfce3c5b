using Pipeline.Actors.Captures;

namespace Pipeline.Host.Schema;

/// <summary>Answer of <c>GET /api/v1/captures</c>, schema <c>pipeline.captures/1</c>: those that go on or are kept, the oldest first.</summary>
internal sealed record CapturesJson(string Schema, IReadOnlyList<CaptureJson> Captures)
{
    public static CapturesJson Of(IReadOnlyList<LiveCapture> captures) => new("pipeline.captures/1", [.. captures.Select(CaptureJson.Of)]);
}

/// <summary>One capture.</summary>
/// <param name="Id">Names it in <c>/api/v1/captures/{id}</c>.</param>
/// <param name="At"><c>received</c>, <c>rule:NAME</c>, <c>route:NAME</c> or <c>dropped</c>.</param>
/// <param name="Filter">The expression; empty for every packet.</param>
/// <param name="State"><c>running</c>, <c>complete</c> or <c>stopped</c>.</param>
/// <param name="Packets">Packets in the file.</param>
/// <param name="Bytes">Bytes of the file.</param>
/// <param name="Missed">Packets that were to be in the file and came faster than they could be taken.</param>
/// <param name="EndedAt">Left out while it goes on.</param>
/// <param name="Tap">True for a tap, which has one reader and cannot be fetched; left out for others.</param>
internal sealed record CaptureJson(
    string Id, string At, string Filter, string State, long Packets, long Bytes, long Missed, CaptureLimitsJson Limits,
    DateTimeOffset StartedAt, DateTimeOffset? EndedAt, string Who, bool? Tap = null)
{
    public static CaptureJson Of(LiveCapture capture)
    {
        // The end first: whoever reads that it has ended must get the figures of the end.
        var (ended, state, request) = (capture.EndedAt, capture.State, capture.Request);
        return new(
            capture.Id, request.At.ToString(), request.Filter, JsonWord.Of(state), capture.Packets, capture.Bytes, capture.Missed,
            CaptureLimitsJson.Of(capture), capture.StartedAt, ended, request.Who, request.IsTap ? true : null);
    }
}

/// <summary>Where a capture ends; 0 where it has no such end, which only a tap can be without.</summary>
/// <param name="Bytes">Bytes of the file.</param>
/// <param name="Snaplen">The most bytes of a packet; 0 for all that a file takes.</param>
internal sealed record CaptureLimitsJson(long Packets, long Bytes, double Seconds, int Snaplen)
{
    public static CaptureLimitsJson Of(LiveCapture capture) =>
        new(capture.Request.Packets, capture.MostBytes, capture.Request.IsTap ? 0 : capture.Request.Time.TotalSeconds, capture.Request.SnapLength);
}
