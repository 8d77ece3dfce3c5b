using static System.FormattableString;

namespace Pipeline.Actors.Captures;

/// <summary>What events say of captures, on one line.</summary>
internal static class CaptureWords
{
    public static string Started(LiveCapture capture)
    {
        var request = capture.Request;
        var limits = request.IsTap
            ? request.Packets == 0 ? "until somebody ends it" : Invariant($"at most {request.Packets} packets")
            : Invariant($"at most {request.Packets} packets, {capture.MostBytes} bytes and {request.Time.TotalSeconds} s");
        return $"{What(request)} begins, for {request.Who}: {limits}";
    }

    public static string Ended(LiveCapture capture)
    {
        var how = capture.State == CaptureState.Complete ? "is complete" : "is stopped";
        return Invariant($"{What(capture.Request)} {how}, for {capture.Request.Who}: {capture.Packets} packets, {capture.Missed} missed");
    }

    public static string Deleted(LiveCapture capture, string who) => $"{What(capture.Request)} is deleted, by {who}";

    private static string What(CaptureRequest request) =>
        (request.IsTap ? "tap of " : "capture of ") + (request.Filter.Length == 0 ? $"{request.At}" : $"{request.At} that match \"{OneLine(request.Filter)}\"");

    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}
