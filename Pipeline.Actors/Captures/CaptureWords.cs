using System.Globalization;

namespace Pipeline.Actors.Captures;

/// <summary>What events say of captures, on one line.</summary>
internal static class CaptureWords
{
    public static string Started(LiveCapture capture)
    {
        var request = capture.Request;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{What(request)} begins, for {request.Who}: at most {request.Packets} packets, {capture.MostBytes} bytes and {request.Time.TotalSeconds} s");
    }

    public static string Ended(LiveCapture capture)
    {
        var how = capture.State == CaptureState.Complete ? "is complete" : "is stopped";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{What(capture.Request)} {how}, for {capture.Request.Who}: {capture.Packets} packets, {capture.Missed} missed");
    }

    public static string Deleted(LiveCapture capture, string who) => $"{What(capture.Request)} is deleted, by {who}";

    private static string What(CaptureRequest request) =>
        request.Filter.Length == 0 ? $"capture of {request.At}" : $"capture of {request.At} that match \"{OneLine(request.Filter)}\"";

    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}
