using System.Buffers;
using System.Text;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Pipeline.Host.Dashboard;

namespace Pipeline.Host.Server;

/// <summary>
/// Bodies of answers. None is ever in memory as a whole (<see cref="AnswerBody"/>), so that clients that do not read cost little. HEAD gets
/// the headers of GET.
/// </summary>
internal static class Answers
{
    /// <param name="body">What to write. Long lists in it should be made as they are enumerated (<see cref="Schema.Projection"/>).</param>
    public static async Task Json<T>(
        HttpContext http, T body, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK, string contentType = "application/json")
    {
        var to = Begin(http, contentType, status);
        await JsonPieces.Write(to, body, type);
        await to.End();
    }

    public static async Task Text(HttpContext http, string text, string contentType, int status = StatusCodes.Status200OK)
    {
        var to = Begin(http, contentType, status);
        http.Response.ContentLength = Encoding.UTF8.GetByteCount(text);
        for (var rest = text.AsMemory(); !rest.IsEmpty;)
        {
            var piece = TextPieces.First(rest.Span);
            Encoding.UTF8.GetBytes(rest.Span[..piece], to);
            rest = rest[piece..];
            await to.Relieve();
        }

        await to.End();
    }

    /// <param name="lines">Lines with their ends, made as they are enumerated. Each is short.</param>
    public static async Task Lines(HttpContext http, IEnumerable<string> lines, string contentType)
    {
        var to = Begin(http, contentType, StatusCodes.Status200OK);
        foreach (var line in lines)
        {
            Encoding.UTF8.GetBytes(line, to);
            await to.Relieve();
        }

        await to.End();
    }

    /// <summary>A file of the page.</summary>
    public static async Task Asset(HttpContext http, PageAsset asset)
    {
        var to = Begin(http, asset.ContentType, StatusCodes.Status200OK);
        http.Response.ContentLength = asset.Bytes.Length;
        for (var rest = asset.Bytes; !rest.IsEmpty;)
        {
            var piece = Math.Min(rest.Length, AnswerBody.PieceBytes);
            to.Write(rest.Span[..piece]);
            rest = rest[piece..];
            await to.Relieve();
        }

        await to.End();
    }

    private static AnswerBody Begin(HttpContext http, string contentType, int status)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = contentType;
        return new AnswerBody(http, http.RequestAborted);
    }
}
