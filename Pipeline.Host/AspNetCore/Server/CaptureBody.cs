using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Pipeline.Actors.Captures;

namespace Pipeline.Host.Server;

/// <summary>The body that asks for a capture: a JSON object whose members may all be left out, or nothing.</summary>
internal static class CaptureBody
{
    /// <summary>Many times the longest filter.</summary>
    private const int MostBytes = 16 << 10;

    private const int Unprocessable = StatusCodes.Status422UnprocessableEntity;

    /// <exception cref="RefusedException">It is no such object, too long, or comes too slowly.</exception>
    public static async Task<CaptureRequest> Read(HttpContext http, TimeSpan patience)
    {
        var body = await Bytes(http, patience);
        if (body.IsEmpty) return new CaptureRequest();
        try
        {
            using var document = JsonDocument.Parse(body);
            return Request(document.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // A string of bytes that are no UTF-8, or of half a surrogate pair, is found out only when it is read.
            throw RefusedException.With(StatusCodes.Status400BadRequest, $"the body is no JSON: {error.Message}");
        }
    }

    private static async Task<ReadOnlyMemory<byte>> Bytes(HttpContext http, TimeSpan patience)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted);
        stop.CancelAfter(patience);
        var (body, length) = (new byte[MostBytes], 0);
        try
        {
            while (await http.Request.Body.ReadAsync(body.AsMemory(length), stop.Token) is > 0 and var read)
            {
                length += read;
                if (length == MostBytes)
                    throw RefusedException.With(StatusCodes.Status413PayloadTooLarge, $"the body is too large; fewer than {MostBytes} bytes are read");
            }
        }
        catch (OperationCanceledException) when (!http.RequestAborted.IsCancellationRequested)
        {
            http.Response.Headers.Connection = "close";
            throw RefusedException.With(StatusCodes.Status408RequestTimeout, "the body comes too slowly");
        }

        return body.AsMemory(0, length);
    }

    private static CaptureRequest Request(JsonElement body)
    {
        if (body.ValueKind != JsonValueKind.Object) throw RefusedException.With(Unprocessable, "expected a JSON object, such as {\"filter\": \"tcp\"}");
        var request = new CaptureRequest();
        foreach (var member in body.EnumerateObject())
        {
            request = member.Name switch
            {
                "filter" => request with { Filter = Text(member) },
                "packets" => request with { Packets = Whole(member, CaptureRequest.MostPackets) },
                "seconds" => request with { Time = Seconds(member) },
                "snaplen" => request with { SnapLength = Whole(member, CaptureRequest.LargestSnapLength) },
                "at" => request with { At = Point(member) },
                var other => throw RefusedException.With(Unprocessable, $"{other}: there is no such member; there are filter, packets, seconds, snaplen and at"),
            };
        }

        return request;
    }

    private static string Text(JsonProperty member) =>
        member.Value.ValueKind == JsonValueKind.String ? member.Value.GetString()! : throw Wrong(member, "a string");

    private static int Whole(JsonProperty member, int most) =>
        member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetInt32(out var number) ? number : throw Wrong(member, $"a whole number, at most {most}");

    private static TimeSpan Seconds(JsonProperty member)
    {
        var most = CaptureRequest.LongestTime.TotalSeconds;
        return member.Value.ValueKind == JsonValueKind.Number && member.Value.TryGetDouble(out var seconds) && seconds > 0 && seconds <= most
            ? TimeSpan.FromSeconds(seconds)
            : throw Wrong(member, $"a number above 0 and at most {most}");
    }

    private static CapturePoint Point(JsonProperty member) =>
        CapturePoint.Read(Text(member)) ?? throw Wrong(member, "received, rule:NAME, route:NAME or dropped");

    private static RefusedException Wrong(JsonProperty member, string expected)
    {
        var given = member.Value.GetRawText();
        return RefusedException.With(Unprocessable, $"{member.Name}: {(given.Length <= 100 ? given : given[..100] + "...")}: expected {expected}");
    }
}
